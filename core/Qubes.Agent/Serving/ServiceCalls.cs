using Qubes.Agent.Loop;
using Qubes.Agent.Processes;
using Qubes.Agent.Rpc;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Serving;

/// <summary>All calls that this agent serves, and the control connection that they come over.</summary>
internal sealed class ServiceCalls(EventLoop loop, ChildTable children, ServiceStarter starter)
{
    private readonly HashSet<ServiceCall> calls = [];
    private ControlConnection? control;

    /// <summary>The link; set once, since each needs the other.</summary>
    public AgentLink Link { get; set; } = null!;

    /// <summary>The host opened a channel: only the control connection is served, and one at a time.</summary>
    public ChannelUser? Accept(LinkEnd channel)
    {
        if (channel.Address != new VchanAddress(0, QrexecLimits.ControlPort) || control is not null)
            return null;
        return control = new ControlConnection(Link, this) { Channel = channel };
    }

    /// <summary>The host asks for a call.</summary>
    public void Start(ExecRequest request, bool isConnected)
    {
        var (domain, port) = request.Parameters;
        if (!request.Parameters.HasDataPort)
            throw new QrexecViolationException($"port {port} is not a data port");
        if (Link.Open(new VchanAddress(domain, port)) is not { } channel)
        {
            AgentLog.Write("a call is dropped: too many channels are open");
            control?.Terminated(request.Parameters);
            return;
        }

        var call = new ServiceCall(this, loop, children, starter, request, isConnected) { Channel = channel };
        channel.Owner = call;
        calls.Add(call);
        Link.Ready(call);
    }

    /// <summary>A call has ended: its connection is closed and its process, if any, reaped.</summary>
    public void Ended(ServiceCall call, ExecParameters parameters)
    {
        // A call of an earlier session means nothing to the host of this one.
        if (calls.Remove(call))
            control?.Terminated(parameters);
    }

    /// <summary>The control connection is gone; calls go on, as upstream's do.</summary>
    public void ControlClosed(ControlConnection closed)
    {
        if (control == closed)
            control = null;
    }

    /// <summary>The host is gone: every call's pipes are closed.</summary>
    public void LinkLost()
    {
        control = null;
        var lost = calls.ToList();
        calls.Clear();
        foreach (var call in lost)
            call.Closed();
    }
}
