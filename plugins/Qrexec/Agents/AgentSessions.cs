using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.HostClients;
using Qubes.Plugins.Qrexec.Memory;
using Qubes.Plugins.Qrexec.Ports;
using Qubes.Plugins.Qrexec.Lines;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qrexec.Agents;

/// <summary>Begins the conversation with an agent over a fresh line (spec: protocol, section 3).</summary>
internal sealed class AgentSessions(
    QubesPaths paths, IKernelLoop loop, CallIntake calls, DataRelays relays, MemoryReports reports, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>Exchanges HELLO and opens the guest's sockets on the host. On failure the line is the caller's.</summary>
    /// <exception cref="QrexecViolationException">The agent said something else, or speaks too old a version.</exception>
    /// <exception cref="EndOfStreamException">It went away.</exception>
    public async Task<AgentSession> OpenAsync(Guest guest, IGuestLine line, CancellationToken cancel)
    {
        MessageConnection control = await GreetAsync(line.OpenControl, cancel);
        var ports = new DataPorts(guest.Id, line.Await);
        var client = new HostClient(guest, control, ports, relays, loop, time, loggers.CreateLogger<HostClient>());
        HostSockets sockets = HostSockets.Open(paths.Runtime, guest);
        var server = new HostServer(sockets, client, time, loggers.CreateLogger<HostServer>());
        return new AgentSession(guest, line, control, ports, server, calls, reports, loggers.CreateLogger<AgentSession>());
    }

    /// <summary>Exchanges HELLO over a control connection.</summary>
    /// <exception cref="QrexecViolationException">The agent said something else, or speaks too old a version.</exception>
    /// <exception cref="EndOfStreamException">It went away.</exception>
    public static async Task<MessageConnection> GreetAsync(Func<IVchan> open, CancellationToken cancel)
    {
        try
        {
            var control = new MessageConnection(open());
            QrexecMessage hello = await control.ReadAsync(cancel)
                ?? throw new EndOfStreamException("the control connection ended before its HELLO");
            control.Version = ProtocolVersion.Negotiate(hello.ReadHello());
            await control.WriteAsync(QrexecMessage.EncodeHello(control.Version), cancel);
            return control;
        }
        catch (VchanClosedException e)
        {
            throw new EndOfStreamException("the control connection ended during its HELLO", e);
        }
    }
}
