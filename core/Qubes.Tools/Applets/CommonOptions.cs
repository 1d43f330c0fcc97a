using System.CommandLine;
using System.CommandLine.Help;

namespace Qubes.Tools.Applets;

/// <summary>The options every applet has.</summary>
internal sealed class CommonOptions
{
    public HelpOption Help { get; } = new HelpOption("--help", "-h");

    public Option<bool> Version { get; } = new("--version") { Description = "Show the version and exit" };

    public Option<bool> Verbose { get; } = new("--verbose", "-v") { Description = "Say more" };

    public Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "Say less" };

    public Option<bool> Debug { get; } = new("--debug") { Description = "Show where an error comes from (also QUBES_DEBUG=1)" };

    /// <summary>Given by scripts that run as root, for which stock tools ask for it.</summary>
    public Option<bool> ForceRoot { get; } = new("--force-root") { Description = "Accepted and ignored", Hidden = true };

    /// <summary>Adds the options, but no alias that the applet uses for something else.</summary>
    public void AddTo(Command command)
    {
        var taken = command.Options.SelectMany(option => option.Aliases.Prepend(option.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var option in new Option[] { Help, Version, Verbose, Quiet, Debug, ForceRoot })
        {
            foreach (var alias in option.Aliases.Where(taken.Contains).ToArray())
                option.Aliases.Remove(alias);
            // For the commands of an applet, too.
            option.Recursive = true;
            if (!taken.Contains(option.Name))
                command.Options.Add(option);
        }
    }
}
