using Qubes.GuestTools.Commands;

namespace Qubes.GuestTools;

/// <summary>
/// <c>qubes-guest-tools</c>: what people and the agent run inside a qube. One program for all of it, told apart by the name it was
/// called by, or by its first word where that name is its own.
/// </summary>
internal static class Program
{
    private const string OwnName = "qubes-guest-tools";

    private static Task<int> Main(string[] arguments)
    {
        var name = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
        var surroundings = Surroundings.OfProcess();
        return Path.GetFileNameWithoutExtension(name) != OwnName
            ? CommandRunner.RunAsync(name, arguments, surroundings, default)
            : CommandRunner.RunAsync(arguments.FirstOrDefault(""), arguments[Math.Min(1, arguments.Length)..], surroundings, default);
    }
}
