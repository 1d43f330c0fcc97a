using Qubes.GuestTools.Commands;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Copying;

/// <summary>
/// <c>qfile-agent [--move] FILE...</c>: the local program of a copy. Its output is the stream, its input the receiver's answer.
/// With <c>--move</c>, what was sent is deleted once the receiver has said that all of it is there.
/// </summary>
internal sealed class SendFiles : ICommand
{
    public string Name => "qfile-agent";

    public string Usage => "[--move] FILE...";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken cancellation)
    {
        var line = CommandLine.Parse(arguments, ["--move"]);
        if (line.Words.Count == 0)
            throw new UsageException("at least one file is needed");
        // Off this thread: the answer may come while the stream is being written.
        var answer = Task.Run(() => QfileAnswer.ReadAsync(surroundings.Input, cancellation), cancellation);
        var skipped = 0;
        var progress = new CopyProgress(surroundings);
        var sender = new QfileSender(surroundings.Output, answer, reason =>
        {
            skipped++;
            surroundings.Error.WriteLine($"{Name}: {SafeText.OneLine(reason)}");
        })
        {
            OnProgress = progress.Show,
        };
        try
        {
            foreach (var file in line.Words)
                await sender.SendAsync(file, cancellation);
            await sender.FinishAsync(cancellation);
        }
        finally
        {
            progress.Clear();
        }

        var left = line.Has("--move") ? sender.Sent.Delete() : [];
        foreach (var reason in left)
            surroundings.Error.WriteLine($"{Name}: {SafeText.OneLine(reason)}");
        return skipped == 0 && left.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
