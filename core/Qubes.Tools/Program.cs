using Qubes.Tools.Applets;
using Qubes.Tools.Completion;
using Qubes.Tools.Hosting;
using Qubes.Tools.Manual;

namespace Qubes.Tools;

/// <summary>
/// The multi-call program <c>qubes-tools</c>: <c>argv[0]</c> names the applet (links <c>qvm-ls</c>, <c>qvm-run</c>, …), or
/// the first argument does (<c>qubes-tools qvm-ls</c>). By its own name it also serves those who install it: <c>--list-links</c>,
/// <c>--man NAME</c>, <c>--completion bash|zsh</c>, and shells: <c>--complete NAME WORD…</c>.
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
                return Print(string.Concat(AppletRegistry.Names.Select(link => link + "\n")));
            if (arguments is ["--completion", var shell] && ShellScripts.Names.Contains(shell))
                return Print(ShellScripts.For(shell));
            if (arguments is ["--man", var page] && AppletRegistry.Contains(page))
                return PrintManual(page);
            if (arguments is ["--complete", var tool, .. var words] && AppletRegistry.Contains(tool))
                return await CompleteAsync(tool, words);
            if (arguments is not [var first, ..] || !AppletRegistry.Contains(first))
                return Refuse(arguments);
            (name, arguments) = (first, arguments[1..]);
        }

        await using var session = Session.FromProcess(name);
        return await AppletRunner.RunAsync(AppletRegistry.Make(name), arguments, session);
    }

    private static int Print(string text)
    {
        Console.Out.Write(text);
        return ExitCode.Success;
    }

    private static int PrintManual(string name)
    {
        // The day of the build: pages of one build are the same whenever they are made.
        var date = File.GetLastWriteTimeUtc(Environment.ProcessPath!).ToString("yyyy-MM-dd");
        var text = new StringWriter();
        new ManualPage(AppletRegistry.Make(name), date).WriteTo(text);
        return Print(text.ToString());
    }

    private static async Task<int> CompleteAsync(string name, string[] words)
    {
        await using var session = Session.FromProcess(name);
        return await Completer.RunAsync(AppletRegistry.Make(name), words, session);
    }

    private static int Refuse(string[] arguments)
    {
        var what = arguments is [var first, ..] ? $"no such command: '{Terminal.SafeText.Escape(first)}'" : "no command given";
        Console.Error.WriteLine($"{OwnName}: error: {what}; one of: {string.Join(' ', AppletRegistry.Names)}");
        return ExitCode.Usage;
    }
}
