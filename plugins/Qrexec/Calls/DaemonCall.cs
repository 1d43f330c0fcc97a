using Qubes.Qrexec.Data;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Guests;

namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>One service call of the daemon's own, from the opening of its data channel to its end.</summary>
internal sealed class DaemonCall(ReadOnlyMemory<byte> input, CancellationToken cancel)
{
    /// <summary>How much of a service's output is kept; the rest is read and dropped.</summary>
    public const int MaximumOutput = 64 * 1024;

    private const int MaximumError = 4 * 1024;

    /// <summary>What is said of a call that the guest ended without having served it.</summary>
    public static readonly GuestServiceResult NotServed = new(ExitCodeReader.Lost, ReadOnlyMemory<byte>.Empty);

    private readonly TaskCompletionSource<GuestServiceResult> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the call.</summary>
    public Task<GuestServiceResult> Result => result.Task;

    /// <summary>Feeds the service and collects what it says; owns the channel. Never throws.</summary>
    public async Task ServeAsync(IVchan channel)
    {
        await Task.Yield(); // the guest's other channels wait to be accepted
        await using (channel)
        {
            var output = new KeptOutput(MaximumOutput);
            var error = new KeptOutput(MaximumError);
            try
            {
                var streams = new CallerStreams(Stream.Null, output, error) { Prefix = input };
                int status = await CallerSession.RunAsync(channel, streams, cancel);
                result.TrySetResult(new GuestServiceResult(status & 0xff, output.ToArray()) { Error = error.ToArray() });
            }
            catch (OperationCanceledException)
            {
                result.TrySetCanceled(cancel);
            }
        }
    }
}
