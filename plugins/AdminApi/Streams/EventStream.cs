using System.Threading.Channels;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.AdminApi.Streams;

/// <summary>
/// The events queued for one client. Writing never waits; a client that lets <see cref="MaxEvents"/> or
/// <see cref="MaxBytes"/> pile up is dropped, with what was queued for it.
/// </summary>
internal sealed class EventStream(Action overflowed) : IAdminEventStream
{
    public const int MaxEvents = 4096;
    public const int MaxBytes = 1 << 20;

    private const int SendAtOnce = 64 * 1024;

    private readonly Channel<byte[]> queue = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(MaxEvents) { SingleReader = true });
    private long queuedBytes;

    /// <summary>Too much piled up; nothing is queued any more.</summary>
    public bool HasOverflowed { get; private set; }

    public void Write(IQube? subject, string name, params IEnumerable<KeyValuePair<string, string>> arguments) =>
        Enqueue(AdminRecord.Event(subject?.Name, name, arguments));

    /// <summary>Queues an encoded event.</summary>
    public void Enqueue(byte[] record)
    {
        if (HasOverflowed)
            return;
        if (Interlocked.Add(ref queuedBytes, record.Length) <= MaxBytes && queue.Writer.TryWrite(record))
            return;
        HasOverflowed = true;
        queue.Writer.TryComplete();
        overflowed();
    }

    /// <summary>No more events follow.</summary>
    public void Complete() => queue.Writer.TryComplete();

    /// <summary>Sends what is queued until <see cref="Complete"/>, many events at a time where they have piled up.</summary>
    public async Task SendAllAsync(Func<ReadOnlyMemory<byte>, CancellationToken, Task> send, CancellationToken cancel)
    {
        var batch = new List<ArraySegment<byte>>();
        while (await queue.Reader.WaitToReadAsync(cancel))
        {
            batch.Clear();
            int size = 0;
            while (size < SendAtOnce && queue.Reader.TryRead(out byte[]? record))
            {
                batch.Add(record);
                size += record.Length;
            }
            await SendAsync(send, batch, size, cancel);
            Interlocked.Add(ref queuedBytes, -size);
        }
    }

    private static async Task SendAsync(
        Func<ReadOnlyMemory<byte>, CancellationToken, Task> send, List<ArraySegment<byte>> batch, int size, CancellationToken cancel)
    {
        byte[] bytes = batch is [var only] ? only.Array! : new byte[size];
        if (batch.Count > 1)
        {
            int at = 0;
            foreach (ArraySegment<byte> record in batch)
            {
                record.CopyTo(bytes, at);
                at += record.Count;
            }
        }
        await send(bytes, cancel);
    }
}
