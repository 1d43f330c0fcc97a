namespace Qubes.Plugins.Qrexec.Tests;

/// <summary>So many zero bytes.</summary>
internal sealed class ZeroStream(long length) : MemoryStream
{
    private long left = length;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = (int)Math.Min(left, buffer.Length);
        left -= count;
        return ValueTask.FromResult(count);
    }
}
