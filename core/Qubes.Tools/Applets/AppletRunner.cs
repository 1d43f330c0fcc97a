using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Reflection;
using Qubes.Tools.Admin;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Applets;

/// <summary>Parses the command line, runs the applet, and turns what it throws into one line and an exit status.</summary>
internal static class AppletRunner
{
    // Without this a word like "@dispvm" would be read as the name of a file with more arguments.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Of all tools.</summary>
    public static string Version =>
        typeof(AppletRunner).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    public static async Task<int> RunAsync(
        Applet applet, IReadOnlyList<string> arguments, Session session, CancellationToken cancellation = default)
    {
        using var signals = new TerminationSignals(cancellation);
        try
        {
            var code = await ParseAndRunAsync(applet, arguments, session, signals.Token);
            await session.Console.FlushAsync();
            return code;
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            return ExitCode.Signal(signals.Received);
        }
        catch (IOException e) when (BrokenPipe.Is(e))
        {
            // Whoever read our output has gone, which is not our failure; a shell sees what it sees of any other program.
            return ExitCode.Signal(BrokenPipe.Signal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return await ReportAsync(session, e, "error: " + e.Message, ExitCode.Failure);
        }
        catch (DaemonUnreachableException e)
        {
            return await ReportAsync(session, e, e.Message, e.ExitCode);
        }
        catch (ToolException e)
        {
            return await ReportAsync(session, e, "error: " + e.Message, e.ExitCode);
        }
        catch (AdminException e)
        {
            return await ReportAsync(session, e, "error: " + e.Message, ExitCode.Failure);
        }
    }

    private static async Task<int> ParseAndRunAsync(
        Applet applet, IReadOnlyList<string> arguments, Session session, CancellationToken cancellation)
    {
        var common = new CommonOptions();
        var command = AppletCommand.Make(applet, common);

        var words = applet.Rewrite(command, arguments);
        var line = command.Parse(words, Parsing);
        if (line.Action is HelpAction)
            return await line.InvokeAsync(new InvocationConfiguration { Output = session.Console.Out }, cancellation);
        if (line.GetValue(common.Version))
        {
            session.Console.Out.WriteLine($"{applet.Name} {Version}");
            return ExitCode.Success;
        }

        if (line.Errors.Count > 0)
            throw new UsageException(line.Errors[0].Message);
        if (UnknownOption(line, words) is { } unknown)
            throw new UsageException($"unrecognized option '{unknown}'; '{applet.Name} --help' names those there are, and what follows -- is none");

        session.Debug |= line.GetValue(common.Debug);
        session.Verbose = line.GetValue(common.Verbose);
        session.Quiet = line.GetValue(common.Quiet);
        return await applet.RunAsync(line, session, cancellation);
    }

    // The parser takes it for an argument where arguments may stand. A negative number is one, and so is what is bound to an option by '='.
    private static string? UnknownOption(ParseResult line, IReadOnlyList<string> words) => line.Tokens
        .TakeWhile(token => token.Type != TokenType.DoubleDash)
        .Where(token => token.Type == TokenType.Argument && token.Value is ['-', >= 'A', ..] or ['-', '-', >= 'A', ..])
        .Select(token => token.Value).FirstOrDefault(words.Contains);

    private static async Task<int> ReportAsync(Session session, Exception failure, string message, int code)
    {
        session.Warn(SafeText.OneLine(message));
        if (session.Debug)
            session.Console.Error.WriteLine(failure.ToString());
        await session.Console.FlushAsync();
        return code;
    }
}
