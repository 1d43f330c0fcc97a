using System.CommandLine;
using System.Text;
using Qubes.Tools.Applets;
using Qubes.Tools.Calls;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Running;

/// <summary>
/// <c>qrexec-client -d TARGET [options] USER:COMMAND</c> (spec: qrexec protocol, sections 8 and 9): one call of a running qube,
/// whose
/// status is the call's; 125 for own trouble, 255 for a lost connection.
/// </summary>
internal sealed class QrexecClientApplet() : Applet("qrexec-client", "Run a command or service in a running qube over qrexec.")
{
    private readonly Argument<string> command = new("USER:COMMAND")
    {
        Description = "USER:[nogui:]QUBESRPC SERVICE+ARGUMENT SOURCE, or USER:[nogui:]SHELL-COMMAND",
    };
    private readonly Option<string> target = new("-d")
    {
        Description = "Name, uuid:UUID or number of the qube",
        HelpName = "TARGET",
        Required = true,
    };
    private readonly Option<string?> local = new("-l")
    {
        Description = "A local shell command whose input and output are connected",
        HelpName = "COMMAND",
    };
    private readonly Option<bool> justExec = new("-e") { Description = "Only start it" };
    private readonly Option<bool> ignoreStatus = new("-E") { Description = "Always give status 0" };
    private readonly Option<bool> filterOutput = new("-t") { Description = "Replace what could control a terminal in output" };
    private readonly Option<bool> filterErrors = new("-T") { Description = "The same in errors" };
    private readonly Option<bool> kill = new("-k") { Description = "Kill the qube before leaving" };
    private readonly Option<string?> prefix = new("-p", "--prefix-data")
    {
        Description = "Sent before the input",
        HelpName = "TEXT",
    };
    private readonly Option<string?> socketDirectory = new("--socket-dir")
    {
        Description = "Where the sockets qrexec.NAME are",
        HelpName = "PATH",
    };
    private readonly Option<bool> stdinSocket = new("--use-stdin-socket") { Description = "Descriptor 0 is input and output" };
    private readonly Option<int> wait = new("-w")
    {
        Description = "Seconds the qube may take to open the data connection, 0 for no limit",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 10,
    };

    public override void Describe(Command command)
    {
        command.Add(this.command);
        foreach (var option in new Option[]
        {
            this.target, this.local, justExec, ignoreStatus, filterOutput, filterErrors,
            kill, prefix, socketDirectory, stdinSocket, wait,
        })
            command.Add(option);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var target = line.GetRequiredValue(this.target);
        var call = ReadCall(line, target);
        try
        {
            var code = await CallAsync(line, session, call, cancellation);
            return line.GetValue(ignoreStatus) ? ExitCode.Success : code;
        }
        finally
        {
            if (line.GetValue(kill))
                await session.Admin.CallAsync("admin.vm.Kill", target, cancellation: CancellationToken.None);
        }
    }

    private ServiceCall ReadCall(ParseResult line, string target)
    {
        var text = line.GetRequiredValue(this.command);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || colon == text.Length - 1)
            throw new UsageException($"'{text}': USER:COMMAND is accepted");
        if (target.Contains('/', StringComparison.Ordinal) || target.Length == 0)
            throw new UsageException($"no such domain: '{target}'");
        if (target is "dom0" or "@adminvm" or "0")
            throw new UsageException("calls of services in dom0 are not accepted here; the daemon makes them for qubes");
        if (line.GetValue(wait) < 0)
            throw new UsageException($"-w {line.GetValue(wait)}: seconds, 0 or more, are accepted");
        if (line.GetValue(stdinSocket) && line.GetValue(this.local) is not null)
            throw new UsageException("-l and --use-stdin-socket exclude each other");
        return new ServiceCall(target, "")
        {
            User = text[..colon],
            NoGui = false,
            ShellCommand = text[(colon + 1)..],
            Connected = !line.GetValue(justExec),
            Prefix = Encoding.UTF8.GetBytes(line.GetValue(prefix) ?? ""),
            ConnectTimeout = TimeSpan.FromSeconds(line.GetValue(wait)),
        };
    }

    private async Task<int> CallAsync(ParseResult line, Session session, ServiceCall call, CancellationToken cancellation)
    {
        var calls = line.GetValue(socketDirectory) is { } directory
            ? new QrexecCalls(directory, session.Paths.VchanDirectory, session.Clock)
            : session.Calls;
        if (!call.Connected)
            return await calls.RunAsync(call, Stream.Null, Stream.Null, Stream.Null, cancellation);

        var console = session.Console;
        var errors = Filtered(console.RawError, line.GetValue(filterErrors));
        if (line.GetValue(this.local) is { } command)
        {
            await using var local = LocalProgram.Start(command);
            var remote = await calls.RunAsync(call, local.Output, local.Input, errors, cancellation);
            var code = await local.FinishAsync(cancellation);
            return remote != ExitCode.Success ? remote : code;
        }

        var filter = line.GetValue(filterOutput);
        // The end of the service's output must not close a descriptor that is the input, too: the filter stays in between.
        var output = line.GetValue(stdinSocket)
            ? new TerminalFilter(new DescriptorStream(0), filter, null)
            : Filtered(console.RawOutput, filter);
        return await calls.RunAsync(call, console.RawInput, output, errors, cancellation);
    }

    private static Stream Filtered(Stream stream, bool filter) => filter ? new TerminalFilter(stream, true, null) : stream;
}
