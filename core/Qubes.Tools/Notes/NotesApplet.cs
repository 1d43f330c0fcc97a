using System.CommandLine;
using System.Text;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Notes;

/// <summary>
/// <c>qvm-notes VMNAME</c> with one of <c>--edit</c> (the default), <c>--print</c>, <c>--import</c>, <c>--set</c>,
/// <c>--append</c>, <c>--delete</c>.
/// </summary>
internal sealed class NotesApplet() : Applet("qvm-notes", "Show or change a qube's notes.")
{
    private readonly Argument<string> qube = new("VMNAME") { Description = "The qube" };
    private readonly Option<bool> edit = new("--edit", "-e")
    {
        Description = "Edit them with the program $VISUAL or $EDITOR names (the default)",
    };
    private readonly Option<bool> print = new("--print", "-p") { Description = "Print them" };
    private readonly Option<string?> import = new("--import", "-i") { Description = "Take them from a file", HelpName = "FILE" };
    private readonly Option<string?> set = new("--set", "-s") { Description = "Replace them", HelpName = "NOTES" };
    private readonly Option<string?> append = new("--append") { Description = "Add a line", HelpName = "NOTES" };
    private readonly Option<bool> delete = new("--delete", "-d") { Description = "Delete them" };
    private readonly Option<bool> force = new("--force", "-f") { Description = "Do not ask" };

    public override void Describe(Command command)
    {
        command.Add(qube);
        foreach (var option in new Option[] { edit, print, import, set, append, delete, force })
            command.Add(option);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        if (new Option[] { edit, print, import, set, append, delete }.Count(option => line.GetResult(option) is { Implicit: false }) > 1)
            throw new UsageException("only one of --edit, --print, --import, --set, --append and --delete is accepted");
        var notes = new QubeNotes(session, line.GetRequiredValue(qube));
        var now = await notes.GetAsync(cancellation);
        if (line.GetValue(print))
        {
            session.Console.Out.Write(now.Length == 0 || now.EndsWith('\n') ? now : now + "\n");
            return ExitCode.Success;
        }

        var then = await ChangedAsync(line, now, cancellation);
        if (then == now)
            return ExitCode.Success;
        // Only what loses something is asked about; who edits has seen what there was.
        var question = $"The notes of {line.GetRequiredValue(qube)} will be {(then.Length == 0 ? "deleted" : "replaced")}.";
        if (now.Length > 0 && Replaces(line) && !line.GetValue(force) && !await session.ConfirmAsync(question, cancellation))
            return ExitCode.Failure;
        await notes.SetAsync(then, cancellation);
        return ExitCode.Success;
    }

    private bool Replaces(ParseResult line) =>
        line.GetValue(delete) || line.GetValue(set) is not null || line.GetValue(import) is not null;

    private async Task<string> ChangedAsync(ParseResult line, string now, CancellationToken cancellation)
    {
        if (line.GetValue(delete))
            return "";
        if (line.GetValue(set) is { } text)
            return text;
        if (line.GetValue(append) is { } addition)
            return now + (now.Length > 0 && !now.EndsWith('\n') ? "\n" : "") + addition;
        if (line.GetValue(import) is not { } file)
            return await NotesEditor.EditAsync(now, cancellation);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(await File.ReadAllBytesAsync(file, cancellation));
        }
        catch (ArgumentException e)
        {
            throw new ToolException($"'{file}' is not UTF-8 text", cause: e);
        }
    }
}
