using System.Collections.Concurrent;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qrexec.Agents;

/// <summary>
/// The ways to copies that have rehearsed and wait for a qube. A second connection would be a second coming of the host for the
/// guest, which costs it some milliseconds; over the first one it is only greeted again. Safe to use from several threads.
/// </summary>
internal sealed class RehearsedStreams
{
    private readonly ConcurrentDictionary<int, Stream> streams = new();

    /// <summary>Keeps one until it is taken, or its machine ends.</summary>
    public void Keep(IMachine machine, Stream stream)
    {
        streams[machine.Id] = stream;
        _ = ForgetAsync(machine);
    }

    /// <summary>The way to a machine, which is the caller's then; null: it has not rehearsed.</summary>
    public Stream? Take(int machine) => streams.TryRemove(machine, out Stream? stream) ? stream : null;

    private async Task ForgetAsync(IMachine machine)
    {
        await machine.Ended.ConfigureAwait(false);
        if (Take(machine.Id) is { } stream)
            await stream.DisposeAsync().ConfigureAwait(false);
    }
}
