using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools;

/// <summary>
/// The multi-call program <c>qubes-tools</c>: <c>argv[0]</c> names the applet (links <c>qvm-ls</c>, <c>qvm-run</c>, …), or
/// the first argument does (<c>qubes-tools qvm-ls</c>).
/// </summary>
internal static class Program
{
    private const string OwnName = "qubes-tools";

    private static async Task<int> Main(string[] arguments)
    {
        // As in the daemon: relaying bytes costs a tenth less when continuations run where a socket operation completed.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        var name = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
        if (!AppletRegistry.Contains(name))
        {
            if (arguments is ["--list-links"])
                return ListLinks();
            if (arguments is not [var first, ..] || !AppletRegistry.Contains(first))
                return Refuse(arguments);
            (name, arguments) = (first, arguments[1..]);
        }

        await using var session = Session.FromProcess(name);
        return await AppletRunner.RunAsync(AppletRegistry.Make(name), arguments, session);
    }

    private static int ListLinks()
    {
        foreach (var name in AppletRegistry.Names)
            Console.Out.WriteLine(name);
        return ExitCode.Success;
    }

    private static int Refuse(string[] arguments)
    {
        var what = arguments is [var first, ..] ? $"no such command: '{Terminal.SafeText.Escape(first)}'" : "no command given";
        Console.Error.WriteLine($"{OwnName}: error: {what}; one of: {string.Join(' ', AppletRegistry.Names)}");
        return ExitCode.Usage;
    }
}
