namespace Qubes.Plugins.Qrexec.Tests;

/// <summary>An input that never says anything.</summary>
internal sealed class NeverEndingStream : MemoryStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return 0;
    }
}
