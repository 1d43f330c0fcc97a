namespace Qubes.Plugins.Qrexec.Tests;

/// <summary>Counts what is written to it.</summary>
internal sealed class CountingStream : MemoryStream
{
    public long Written { get; private set; }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Written += buffer.Length;
        return ValueTask.CompletedTask;
    }
}
