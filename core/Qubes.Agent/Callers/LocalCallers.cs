using Qubes.Agent.Loop;
using Qubes.Agent.Native;
using Qubes.Agent.Serving;
using Qubes.Agent.Vchans;
using Qubes.Qrexec.Protocol;

namespace Qubes.Agent.Callers;

/// <summary>
/// The programs of this guest that call services elsewhere (spec: protocol, section 8): each connects, says what it wants, learns
/// where to serve its vchan, and stays connected for as long as the call matters to it.
/// </summary>
internal sealed class LocalCallers : IDisposable
{
    private const UnixFileMode ForEveryone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly EventLoop loop;
    private readonly ControlLine control;
    private readonly HashSet<LocalCall> calls = [];
    private readonly Dictionary<RequestId, LocalCall> asked = [];
    private int listener = -1;
    private long lastNumber;
    private bool isSealed;

    /// <summary>Callers whose requests go over the line.</summary>
    public LocalCallers(EventLoop loop, ControlLine control, VchanDirectory vchans)
    {
        (this.loop, this.control, Vchans) = (loop, control, vchans);
        Dialer = new VchanDialer(loop, vchans.Path);
        control.Greeted += PassOn;
        control.Accepted += Accept;
        control.Refused += Refuse;
        control.Lost += DropAsked;
    }

    /// <summary>The way to the peers of calls; set once, since each needs the other.</summary>
    public ITransport Transport { get; set; } = null!;

    /// <summary>Where programs serve their vchans.</summary>
    public VchanDirectory Vchans { get; }

    /// <summary>Connects to them.</summary>
    public VchanDialer Dialer { get; }

    /// <summary>Listens at a path, in the place of whoever did before.</summary>
    public void Listen(string path)
    {
        Vchans.Create();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Descriptors.Remove(path);
        listener = Libc.ListenUnix(path, QrexecLimits.Concurrent);
        File.SetUnixFileMode(path, ForEveryone);
        loop.Add(listener, EpollEvent.In | EpollEvent.EdgeTriggered, _ => TakeConnections());
    }

    /// <summary>A request has come in whole: it goes to the host, now or when there is one.</summary>
    public void Ask(LocalCall call)
    {
        if (control.Version == 0)
            return;
        var id = RequestId.FromText($"{LocalRequest.AskedAs.Text}{++lastNumber}");
        if (call.Request!.Encode(control.Version, id) is not { } message)
        {
            AgentLog.Write($"a call is refused: the host speaks version {control.Version} of the protocol");
            call.Drop();
            return;
        }

        call.Id = id;
        asked.Add(id, call);
        control.Send(message);
    }

    /// <summary>A call is over: the host is told, if it knows of its connection.</summary>
    public void Ended(LocalCall call)
    {
        if (!calls.Remove(call))
            return;
        if (call.Id is { } id)
            asked.Remove(id);
        if (call.Peer is { } peer)
            control.Terminated(peer);
        TakeConnections();
    }

    /// <summary>The host is gone, and all that it knew: what it had sent is still delivered.</summary>
    public void LinkLost()
    {
        var lost = calls.Where(call => call.Peer is not null).ToList();
        foreach (var call in lost)
        {
            call.Forget();
            call.HostGone();
        }
    }

    /// <summary>Drops everyone, and whoever comes from now on: what they ask would be asked again by every copy of this guest.</summary>
    public void Seal()
    {
        isSealed = true;
        foreach (var call in calls.ToList())
            call.HostGone();
    }

    /// <summary>Takes calls again.</summary>
    public void Unseal() => isSealed = false;

    /// <summary>Closes the sockets that it opened itself.</summary>
    public void Dispose()
    {
        Dialer.Dispose();
        if (listener >= 0)
            Descriptors.Close(listener);
    }

    // Those beyond the limit wait until another has ended.
    private void TakeConnections()
    {
        while (listener >= 0 && calls.Count < QrexecLimits.Concurrent && Libc.Accept(listener) is >= 0 and var socket)
        {
            if (isSealed)
                Descriptors.Close(socket);
            else
                calls.Add(new LocalCall(this, loop, socket));
        }
    }

    private void PassOn()
    {
        foreach (var call in calls.Where(call => call is { Request: not null, Id: null }).ToList())
            Ask(call);
    }

    private void Accept(ServiceConnect answer)
    {
        if (!answer.Parameters.HasDataPort)
            throw new QrexecViolationException($"port {answer.Parameters.Port} is not a data port");
        if (asked.Remove(answer.Id, out var call))
        {
            call.Accept(answer.Parameters);
            return;
        }

        AgentLog.Write("the host accepted a call that nobody waits for");
        control.Terminated(answer.Parameters);
    }

    private void Refuse(RequestId id)
    {
        if (asked.Remove(id, out var call))
            call.Drop();
        else
            AgentLog.Write("the host refused a call that nobody waits for");
    }

    private void DropAsked()
    {
        var lost = asked.Values.ToList();
        asked.Clear();
        foreach (var call in lost)
            call.Drop();
    }
}
