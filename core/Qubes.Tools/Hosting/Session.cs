using Qubes.Tools.Admin;
using Qubes.Tools.Calls;
using Qubes.Tools.Progress;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Hosting;

/// <summary>What one run of an applet works with. Tests make one with their own console, socket and clock.</summary>
/// <param name="name">The applet's name; it starts every message.</param>
internal sealed class Session(string name, ToolConsole console, ToolPaths paths, TimeProvider clock) : IAsyncDisposable
{
    public string Name => name;

    public ToolConsole Console => console;

    public ToolPaths Paths => paths;

    public TimeProvider Clock => clock;

    /// <summary>The Admin API of the daemon; connects anew for each call.</summary>
    public AdminClient Admin { get; } = new(paths);

    /// <summary>Calls of services in running qubes.</summary>
    public IServiceCalls Calls { get; init; } = new QrexecCalls(paths.QrexecDirectory, paths.VchanDirectory, clock);

    /// <summary>Set by <c>--debug</c> or <c>QUBES_DEBUG=1</c>: errors show where they come from.</summary>
    public bool Debug { get; set; }

    public bool Quiet { get; set; }

    public bool Verbose { get; set; }

    /// <summary>Progress on standard error: bars if it is a terminal, else one plain line per change of step.</summary>
    /// <param name="plainLines">False: nothing without a terminal; for work that is over in seconds.</param>
    public async ValueTask<IProgressView> OpenProgressAsync(bool plainLines = true) =>
        Quiet ? new SilentProgress()
        : console.ErrorIsTerminal && Environment.GetEnvironmentVariable("TERM") != "dumb"
            ? await BarProgress.OpenAsync(System.Console.Error)
        : plainLines ? new PlainProgress(console.Error)
        : new SilentProgress();

    /// <summary>A line on standard error that starts with the applet's name.</summary>
    public void Warn(string message) => console.Error.WriteLine($"{name}: {message}");

    /// <summary>Asks on standard error; only <c>y</c> is consent, and no answer is none.</summary>
    public async Task<bool> ConfirmAsync(string question, CancellationToken cancellation)
    {
        console.Error.WriteLine(question);
        console.Error.Write("Are you sure? [y/N] ");
        using var input = new StreamReader(console.RawInput, leaveOpen: true);
        return await input.ReadLineAsync(cancellation) is { } answer && answer.Trim() is "y" or "Y";
    }

    public static Session FromProcess(string name)
    {
        // A read of a terminal and a write to a slow pipe each hold a thread; on one processor the pool starts with one.
        ThreadPool.SetMinThreads(4, 4);
        return new(name, ToolConsole.FromProcess(), ToolPaths.FromEnvironment(), TimeProvider.System)
        {
            Debug = Environment.GetEnvironmentVariable("QUBES_DEBUG") == "1",
        };
    }

    public ValueTask DisposeAsync() => console.DisposeAsync();
}
