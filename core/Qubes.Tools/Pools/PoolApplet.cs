using System.CommandLine;
using Qubes.Tools.Applets;

namespace Qubes.Tools.Pools;

/// <summary>
/// <c>qvm-pool COMMAND</c>, and the flags of older releases in place of a command: <c>-l</c>, <c>-i</c>, <c>-a</c>, <c>-r</c>,
/// <c>-s</c>.
/// </summary>
internal sealed class PoolApplet() : ActionApplet(
    "qvm-pool", "Manage storage pools.",
    new ListPools(), new ShowPool(), new AddPool(), new RemovePools(), new SetPool(), new ListDrivers())
{
    public override IReadOnlyList<string> Rewrite(Command command, IReadOnlyList<string> arguments)
    {
        // Before the flag there can only be options without a value, such as -v.
        var at = arguments.TakeWhile(word => word.StartsWith('-') && OfFlag(word) is null).Count();
        return at < arguments.Count && OfFlag(arguments[at]) is { } action
            ? [action, .. arguments.Take(at), .. arguments.Skip(at + 1)]
            : arguments;
    }

    private static string? OfFlag(string word) => word switch
    {
        "-l" or "--list" => "list",
        "-i" or "--info" => "info",
        "-a" or "--add" => "add",
        "-r" or "--remove" => "remove",
        "-s" or "--set" => "set",
        "--help-drivers" => "drivers",
        _ => null,
    };
}
