using System.CommandLine;
using Qubes.Tools.Applets;

namespace Qubes.Tools.Manual;

/// <summary>An applet's manual page, made from what it declares.</summary>
/// <param name="date">The page's date, <c>YYYY-MM-DD</c>.</param>
internal sealed class ManualPage(Applet applet, string date)
{
    private readonly Command command = AppletCommand.Make(applet, new CommonOptions());

    public void WriteTo(TextWriter output)
    {
        var roff = new Roff(output);
        roff.Title(applet.Name, date, "Qubes.Extensible " + AppletRunner.Version);
        roff.Section("NAME");
        roff.Text($"{Roff.Escape(applet.Name)} \\- {Roff.Escape(Sentence(applet.Summary))}");
        Synopsis(roff);
        Description(roff);
        Arguments(roff, command, "ARGUMENTS", roff.Section);
        if (command.Subcommands.Count > 0)
            Commands(roff);
        Options(roff);
        Statuses(roff);
        Environment(roff);
    }

    private void Synopsis(Roff roff)
    {
        roff.Section("SYNOPSIS");
        var commands = command.Subcommands.Count > 0 ? command.Subcommands : [command];
        for (var i = 0; i < commands.Count; i++)
        {
            if (i > 0)
                roff.Break();
            roff.Text(Usage(commands[i]));
        }
    }

    private string Usage(Command part)
    {
        var words = new List<string> { Roff.Bold(applet.Name) };
        if (part != command)
            words.Add(Roff.Bold(part.Name));
        words.Add($"[{Roff.Italic("OPTION")}...]");
        words.AddRange(part.Arguments.Where(argument => !argument.Hidden).Select(CommandText.Of));
        return string.Join(' ', words);
    }

    private void Description(Roff roff)
    {
        roff.Section("DESCRIPTION");
        roff.Text(Roff.Escape(applet.Summary));
        foreach (var paragraph in applet.Details.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            roff.Paragraph();
            roff.Text(Roff.Escape(paragraph));
        }
    }

    private void Commands(Roff roff)
    {
        roff.Section("COMMANDS");
        foreach (var part in command.Subcommands)
        {
            roff.Subsection($"{part.Name}{(part.Aliases.Count > 0 ? $" (also: {string.Join(", ", part.Aliases)})" : "")}");
            roff.Text(Roff.Escape(part.Description ?? ""));
            Arguments(roff, part, null, _ => { });
            foreach (var option in part.Options.Where(option => !option.Hidden))
                roff.Item(CommandText.Of(option), CommandText.Describe(option));
        }
    }

    private static void Arguments(Roff roff, Command part, string? heading, Action<string> start)
    {
        var arguments = part.Arguments.Where(argument => !argument.Hidden).ToList();
        if (arguments.Count > 0 && heading is not null)
            start(heading);
        foreach (var argument in arguments)
            roff.Item(Roff.Italic(argument.Name), argument.Description + ".");
    }

    private void Options(Roff roff)
    {
        roff.Section("OPTIONS");
        foreach (var option in command.Options.Where(option => !option.Hidden))
            roff.Item(CommandText.Of(option), CommandText.Describe(option));
    }

    private void Statuses(Roff roff)
    {
        roff.Section("EXIT STATUS");
        foreach (var line in applet.Statuses.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            roff.Item(Roff.Bold(line.Split(' ')[0]), Sentence(line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]) + ".");
    }

    private static void Environment(Roff roff)
    {
        roff.Section("ENVIRONMENT");
        roff.Item(Roff.Bold("QUBES_ROOT"), "A directory that is put before the paths of the daemon's sockets.");
        roff.Item(Roff.Bold("QUBES_DEBUG"), "If it is 1, errors show where they come from, as with --debug.");
    }

    private static string Sentence(string text) => text.TrimEnd('.');
}
