using System.CommandLine;

namespace Qubes.Daemon;

/// <summary>The daemon's command line.</summary>
internal static class CommandLine
{
    /// <summary>Runs the daemon, or shows help, the version, or what is wrong with the arguments.</summary>
    /// <returns>The exit code; 1 for wrong arguments.</returns>
    public static Task<int> RunAsync(
        string[] args, Func<DaemonOptions, CancellationToken, Task<int>> daemon, TextWriter? output = null, TextWriter? error = null)
    {
        var hypervisor = new Option<string?>("--hypervisor")
        {
            Description = "Name of the driver that machines are made with (default: qemu)",
            HelpName = "NAME",
        };
        var debug = new Option<bool>("--debug") { Description = "Log more, and show where a failure comes from" };
        var config = new Option<string?>("--config")
        {
            Description = "Configuration file to read instead of /etc/qubes/qubesd.conf; *.conf files in FILE.d add to it",
            HelpName = "FILE",
        };
        var root = new RootCommand("Manages disposable virtual machines. Paths are below QUBES_ROOT where that is set.")
        {
            hypervisor, debug, config,
        };
        root.SetAction((parsed, cancel) =>
            daemon(new(parsed.GetValue(hypervisor), parsed.GetValue(debug), parsed.GetValue(config)), cancel));
        // The daemon ends on signals by itself, and reports its failures by itself.
        return root.Parse(args).InvokeAsync(new InvocationConfiguration
        {
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
            Output = output ?? Console.Out,
            Error = error ?? Console.Error,
        });
    }
}
