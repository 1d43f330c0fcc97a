using System.CommandLine;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Running;

/// <summary>
/// The local ends of a <c>qvm-run</c> call: our own streams, filtered and coloured on a terminal, or a local program's, or
/// nothing.
/// </summary>
internal sealed class RunStreams : IAsyncDisposable
{
    private readonly LocalProgram? local;

    private RunStreams(Stream input, Stream output, Stream errors, LocalProgram? local) =>
        (Input, Output, Errors, this.local) = (input, output, errors, local);

    public Stream Input { get; }

    public Stream Output { get; }

    public Stream Errors { get; }

    public static RunStreams Open(RunPlan plan, RunOptions options, ParseResult line, ToolConsole console, bool several)
    {
        if (!plan.PassStreams)
            return new RunStreams(Stream.Null, Stream.Null, Stream.Null, null);
        var errors = ForTerminal(
            console.RawError, Filters(options, line, console.ErrorIsTerminal),
            Colour(line.GetValue(options.ErrorColour), line.GetValue(options.NoErrorColour), console.ErrorIsTerminal));
        if (plan.LocalCommand is { } command)
        {
            var local = LocalProgram.Start(command);
            return new RunStreams(local.Output, local.Input, errors, local);
        }

        var output = ForTerminal(
            console.RawOutput, Filters(options, line, console.OutputIsTerminal),
            Colour(line.GetValue(options.Colour), line.GetValue(options.NoColour), console.OutputIsTerminal));
        // One input cannot be given to several qubes; and the first to end must not close the output of the next.
        return several
            ? new RunStreams(Stream.Null, new TerminalFilter(output, false, null), errors, null)
            : new RunStreams(console.RawInput, output, errors, null);
    }

    /// <summary>The status of the whole: the remote one unless that is 0, then the local program's.</summary>
    public async Task<int> FinishAsync(int remote, CancellationToken cancellation)
    {
        if (this.local is null)
            return remote;
        var local = await this.local.FinishAsync(cancellation);
        return remote != ExitCode.Success ? remote : local;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in new[] { Output, Errors }.OfType<TerminalFilter>())
            await stream.DisposeAsync();
        if (this.local is not null)
            await this.local.DisposeAsync();
    }

    private static Stream ForTerminal(Stream stream, bool filter, string? colour) =>
        filter || colour is not null ? new TerminalFilter(stream, filter, colour) : stream;

    private static bool Filters(RunOptions options, ParseResult line, bool isTerminal) =>
        !line.GetValue(options.NoFilter) && (line.GetValue(options.Filter) || isTerminal);

    private static string? Colour(string? chosen, bool none, bool isTerminal)
    {
        if (none)
            return null;
        if (chosen is not null && !chosen.All(c => char.IsAsciiDigit(c) || c == ';'))
            throw new UsageException($"no such colour: '{chosen}'; numbers of ANSI colours are accepted, such as 31 for red");
        return chosen ?? (isTerminal ? "31" : null);
    }
}
