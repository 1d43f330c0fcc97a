using System.CommandLine;
using System.Text;
using Qubes.Tools.Admin;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Scripting;

/// <summary><c>qubes-script check FILE</c>.</summary>
internal sealed class CheckScript() : AppletAction("check", "Compile a script without running it; its errors as FILE:LINE:COLUMN: TEXT.")
{
    // What the Admin API takes as a payload.
    private const int MostBytes = 65536;

    private readonly Argument<string> file = new("FILE") { Description = "The script" };

    protected override void Describe(Command command) => command.Add(file);

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var path = line.GetRequiredValue(file);
        var text = await File.ReadAllBytesAsync(path, cancellation);
        if (text.Length is 0 or > MostBytes)
            throw new UsageException($"{path} has {text.Length} bytes; a script to check has 1 to {MostBytes}");
        var answer = await session.Admin.CallBytesAsync("admin.script.Check", Path.GetFileNameWithoutExtension(path), "dom0", text, cancellation);
        var errors = AnswerText.Lines(Encoding.UTF8.GetString(answer.Span)).ToList();
        foreach (var error in errors)
            session.Console.Out.WriteLine(SafeText.OneLine(error));
        if (errors.Count == 0 && !session.Quiet)
            session.Console.Out.WriteLine(SafeText.OneLine($"{path}: fine"));
        return errors.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
