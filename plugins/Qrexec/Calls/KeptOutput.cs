namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>Keeps the beginning of what is written to it and takes the rest without a word.</summary>
internal sealed class KeptOutput(int maximum) : MemoryStream
{
    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int room = maximum - (int)Length;
        Write(buffer.Span[..Math.Min(room, buffer.Length)]);
        return ValueTask.CompletedTask;
    }
}
