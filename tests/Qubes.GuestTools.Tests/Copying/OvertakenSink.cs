using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Tests.Copying;

/// <summary>A stream whose end arrives, and is answered, before the writer hears that it was written.</summary>
internal sealed class OvertakenSink : MemoryStream
{
    private readonly TaskCompletionSource<QfileAnswer> answer = new();

    public Task<QfileAnswer> Answer => answer.Task;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        if (buffer.Length != QfileHeader.Size || buffer.Span.ContainsAnyExcept((byte)0))
            return;
        answer.SetResult(new QfileAnswer(QfileError.None, Crc32.Of(ToArray()), null));
        await new TaskCompletionSource().Task;
    }
}
