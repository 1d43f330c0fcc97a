using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Disposables;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;
using Qubes.Tools.Lifecycle;
using Qubes.Tools.Preferences;
using Qubes.Tools.Running;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Consoles;

/// <summary>
/// <c>qvm-console-dispvm</c>: shows a qube's console in a terminal of a disposable of its <c>management_dispvm</c>, so that
/// what the
/// console writes never reaches a terminal of the host.
/// </summary>
internal sealed class ConsoleApplet() : Applet("qvm-console-dispvm", "Show a qube's console in a disposable.")
{
    private const string Service = "qubes.ShowInTerminal";

    private readonly Argument<string> qube = new("VMNAME") { Description = "The qube" };
    private readonly Option<bool> autostart = new("--autostart", "-a") { Description = "Start the qube if it does not run" };

    public override string Details =>
        """
        The terminal is one of a fresh disposable, based on what the qube's property management_dispvm names, which must have
        the service
        qubes.ShowInTerminal. The disposable is killed when the terminal is closed.
        """;

    public override void Describe(Command command)
    {
        command.Add(qube);
        command.Add(autostart);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var entry = await QubeList.FetchOneAsync(session, line.GetRequiredValue(qube), cancellation);
        if (entry.IsAdmin)
            throw new UsageException("dom0 has no console here");
        var template = await TemplateAsync(session, entry.Name, cancellation);
        if (!await Readiness.EnsureAsync(session, entry, line.GetValue(autostart), cancellation))
            return ExitCode.Failure;
        var path = await session.Admin.CallAsync("admin.vm.Console", entry.Name, cancellation: cancellation);
        using var device = OpenTerminal(path);
        RawTerminal.Enable(device, path);
        await using var disposable = await DisposableQube.AcquireAsync(session, template, cancellation);
        return await ShowAsync(session, (int)device.DangerousGetHandle(), disposable.Name, template, cancellation);
    }

    private static async Task<string> TemplateAsync(Session session, string qube, CancellationToken cancellation) =>
        await new PropertyHolder(session, qube).GetAsync("management_dispvm", cancellation) is { Text.Length: > 0 } value
            ? value.Text
            : throw new ToolException($"'{qube}' has no management_dispvm, in a disposable of which its console could be shown; "
                + $"set one with: qvm-prefs {qube} management_dispvm VMNAME");

    private static Microsoft.Win32.SafeHandles.SafeFileHandle OpenTerminal(string path) => path is ['/', ..]
        ? File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite)
        : throw new ToolException($"the daemon did not name a terminal but '{path}'");

    private static async Task<int> ShowAsync(
        Session session, int terminal, string disposable, string template, CancellationToken cancellation)
    {
        var plan = new RunPlan([Service]) { IsService = true };
        var call = await new CallPlanner(session, plan).PlanAsync(disposable, wait: true, cancellation);
        await using var errors = new TerminalFilter(session.Console.RawError, filter: true, null);
        // The filter stays in between: the end of the service's output must not close a descriptor that is the input, too.
        var output = new TerminalFilter(new DescriptorStream(terminal), filter: false, null);
        var code = await session.Calls.RunAsync(call, new DescriptorStream(terminal), output, errors, cancellation);
        return code == ExitCode.NoSuchService
            ? throw new ToolException($"disposables of '{template}' have no service {Service}, which shows a terminal in a window; "
                + "a template with a desktop and the Qubes agent's GUI packages has it")
            : code;
    }
}
