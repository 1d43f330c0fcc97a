using Qubes.Agent.Loop;
using Qubes.Agent.Processes;
using Qubes.Agent.Rpc;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Serving;

/// <summary>All calls of services that this agent serves, whoever makes them: the host, or another guest.</summary>
internal sealed class ServiceCalls
{
    private readonly EventLoop loop;
    private readonly ChildTable children;
    private readonly ServiceStarter starter;
    private readonly SessionWaits sessions;
    private readonly ControlLine control;
    private readonly HashSet<ServiceCall> calls = [];

    /// <summary>Serves the calls that come over the line.</summary>
    public ServiceCalls(EventLoop loop, ChildTable children, ServiceStarter starter, ControlLine control)
    {
        (this.loop, this.children, this.starter, this.control) = (loop, children, starter, control);
        sessions = new SessionWaits(children, starter);
        control.Asked += Start;
    }

    /// <summary>The way to the callers; set once, since each needs the other.</summary>
    public ITransport Transport { get; set; } = null!;

    /// <summary>A call has ended: its connection is closed and its process, if any, reaped.</summary>
    public void Ended(ServiceCall call, ExecParameters parameters)
    {
        // A call of an earlier session means nothing to the host of this one.
        if (calls.Remove(call))
            control.Terminated(parameters);
    }

    /// <summary>Every call's pipes are closed.</summary>
    public void CloseAll()
    {
        var lost = calls.ToList();
        calls.Clear();
        foreach (var call in lost)
            call.Closed();
    }

    private void Start(ExecRequest request, bool isConnected)
    {
        var (domain, port) = request.Parameters;
        if (!request.Parameters.HasDataPort)
            throw new QrexecViolationException($"port {port} is not a data port");
        var call = new ServiceCall(this, loop, children, starter, sessions, request, isConnected);
        calls.Add(call);
        if (Transport.TryOpen(new VchanAddress(domain, port), call))
            return;
        AgentLog.Write("a call is dropped: too many connections are open");
        Ended(call, request.Parameters);
    }
}
