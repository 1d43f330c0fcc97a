using System.IO.Pipelines;
using Qubes.Qrexec.Files;
using Qubes.Tools.Calls;
using Qubes.Tools.Hosting;
using Qubes.Tools.Running;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Copying;

/// <summary>One call of <c>qubes.Filecopy</c> with the sender of files at its end.</summary>
/// <param name="onSkipped">Told what was passed over.</param>
internal sealed class FileCopy(Session session, Action<string> onSkipped)
{
    /// <summary>How many entries were passed over.</summary>
    public int Skipped { get; private set; }

    /// <returns>What the qube now has.</returns>
    /// <exception cref="ToolException">Not everything arrived.</exception>
    public async Task<SentFiles> RunAsync(ServiceCall call, IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        var (there, back) = (new Pipe(), new Pipe());
        var sending = Task.Run(() => SendAsync(there.Writer, back.Reader, paths, cancellation), cancellation);
        int code;
        try
        {
            await using var errors = new TerminalFilter(session.Console.RawError, filter: true, null);
            code = await session.Calls.RunAsync(call, there.Reader.AsStream(), back.Writer.AsStream(), errors, cancellation);
        }
        finally
        {
            // Whatever ended the call ends the sender.
            await there.Reader.CompleteAsync();
            await back.Writer.CompleteAsync();
        }

        return await FinishAsync(call, sending, code);
    }

    private static async Task<SentFiles> FinishAsync(ServiceCall call, Task<SentFiles> sending, int code)
    {
        try
        {
            var sent = await sending;
            return code == ExitCode.Success ? sent : throw Failure(call, code);
        }
        catch (QfileException e) when (code is ExitCode.Success or ExitCode.Failure)
        {
            throw new ToolException(SafeText.OneLine(e.Message), cause: e);
        }
        catch (QfileException)
        {
            throw Failure(call, code);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(SafeText.OneLine(e.Message), cause: e);
        }
    }

    private static ToolException Failure(ServiceCall call, int code) => new(
        code == ExitCode.NoSuchService
            ? $"'{call.Qube}' has no service {call.Service}"
            : $"{call.Service} in '{call.Qube}' ended with status {code}", code);

    private async Task<SentFiles> SendAsync(
        PipeWriter there, PipeReader back, IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        await using var stream = there.AsStream();
        var answer = QfileAnswer.ReadAsync(back.AsStream(), cancellation);
        var sender = new QfileSender(stream, answer, reason =>
        {
            Skipped++;
            onSkipped(reason);
        });
        foreach (var path in paths)
            await sender.SendAsync(path, cancellation);
        await sender.FinishAsync(cancellation);
        return sender.Sent;
    }
}
