using Qubes.Agent.Accounts;
using Qubes.Agent.Boot;
using Qubes.Agent.Callers;
using Qubes.Agent.Identity;
using Qubes.Agent.Loop;
using Qubes.Agent.Memory;
using Qubes.Agent.Native;
using Qubes.Agent.Processes;
using Qubes.Agent.Rpc;
using Qubes.Agent.Vchans;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Rpc;
using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Serving;

/// <summary>The running agent: one thread, one loop.</summary>
internal sealed class AgentServer : IAgentOwner, IDisposable
{
    /// <summary>How often the first process looks for orphans that nobody announces, milliseconds.</summary>
    private const int OrphanPeriod = 1000;

    /// <summary>How long services may take to be gone after they were made to end, milliseconds.</summary>
    private const int EndPatience = 5000;
    private const long Nanoseconds = 1_000_000_000;
    private readonly EventLoop loop = new(TimeProvider.System);
    private readonly ControlLine control = new();
    private readonly ChildTable children;
    private readonly ServiceCalls calls;
    private readonly LocalCallers callers;
    private readonly bool isInit;
    private readonly GuestSeal seal = new(new LinuxIdentitySystem());
    private readonly ServiceStarter starter;
    private readonly StallAlarm stalls;
    private readonly MemoryReports reports;
    private Action<IdentityOutcome>? sealing;
    private Alarm? patience;
    private ITransport? transport;

    /// <summary>An agent without a way to the host yet.</summary>
    public AgentServer(string defaultUser, bool isInit)
    {
        this.isInit = isInit;
        children = new ChildTable(loop);
        children.Emptied += () => Sealed(null);
        starter = new ServiceStarter(ServiceLookup.FromEnvironment(), new AccountFiles("/etc/passwd", "/etc/group"))
        {
            DefaultUser = defaultUser,
        };
        calls = new ServiceCalls(loop, children, starter, control);
        callers = new LocalCallers(loop, control, VchanDirectory.FromEnvironment());
        stalls = new StallAlarm(loop);
        reports = new MemoryReports(loop, new GuestMemory().Measure, TimeProvider.System);
        loop.Heartbeat = isInit ? OrphanPeriod : -1;
    }

    /// <summary>Serves over a virtio-serial port.</summary>
    public void UseDevice(string path) => Use(new AgentLink(new DevicePort(loop, path), this));

    /// <summary>Serves over a Unix socket that it listens at.</summary>
    public void UseSocket(string path) => Use(new AgentLink(new SocketPort(loop, path), this));

    /// <summary>Serves among the Unix-socket vchans that the environment names.</summary>
    public void UseVchans() => Use(new VchanTransport(loop, this, VchanDirectory.FromEnvironment()));

    /// <summary>Takes the calls of this guest's programs at a socket that it listens at.</summary>
    public void TakeCalls(string path)
    {
        try
        {
            callers.Listen(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            AgentLog.Write($"no program of this guest can call services: {e.Message}");
        }
    }

    /// <summary>Serves for ever.</summary>
    public void Run()
    {
        AgentLog.Write("ready");
        while (true)
        {
            var isMore = transport!.Work();
            loop.Turn(mayWait: !isMore);
            if (isInit)
                children.Reap();
        }
    }

    /// <inheritdoc/>
    public ChannelUser? Accept(VchanAddress address) =>
        address == new VchanAddress(0, QrexecLimits.ControlPort) ? control.Accept() : null;

    /// <inheritdoc/>
    public void LinkLost()
    {
        // Nobody would hear the answer; without it the guest is as good as ended.
        sealing = null;
        StopReports();
        control.Drop();
        calls.CloseAll();
        callers.LinkLost();
    }

    /// <inheritdoc/>
    public void PowerOff()
    {
        if (isInit)
            PowerDown.Run();
        else
            Ask("/sbin/poweroff");
    }

    /// <inheritdoc/>
    public void SetClock(uint seconds)
    {
        // A guest without the right to set its clock keeps its own time.
        if (!Libc.TrySetClock(seconds * Nanoseconds))
            AgentLog.Write("the clock cannot be set");
    }

    /// <inheritdoc/>
    public void Seal(Action<IdentityOutcome> answer)
    {
        AgentLog.Write("ends its services to be frozen");
        LinkLost();
        callers.Seal();
        sealing = answer;
        if (children.Count == 0)
        {
            Sealed(null);
            return;
        }

        patience = loop.After(EndPatience, () => Sealed(IdentityOutcome.Services));
        children.EndAll();
    }

    /// <inheritdoc/>
    public IdentityOutcome TakeIdentity(LinkIdentity? identity, Span<byte> sample)
    {
        var outcome = seal.Take(identity, sample);
        if (outcome != IdentityOutcome.Done)
        {
            AgentLog.Write($"the identity was not taken: {outcome}");
            return outcome;
        }

        starter.DefaultUser = identity!.User;
        callers.Unseal();
        return outcome;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        callers.Dispose();
        stalls.Dispose();
        (transport as IDisposable)?.Dispose();
        loop.Dispose();
    }

    /// <inheritdoc/>
    public void ReportMemory(int milliseconds, Action<uint> tell)
    {
        if (milliseconds == 0)
        {
            StopReports();
            return;
        }

        reports.Begin(milliseconds, tell);
        stalls.Watch(reports.Stalled);
    }

    private void StopReports()
    {
        reports.Stop();
        stalls.Dispose();
    }

    // Nothing runs any more, or does not end.
    private void Sealed(IdentityOutcome? failure)
    {
        if (sealing is not { } answer)
            return;
        sealing = null;
        patience?.CallOff();
        var outcome = failure ?? seal.Prepare();
        if (outcome != IdentityOutcome.Done)
            callers.Unseal();
        answer(outcome);
    }

    private void Use(ITransport way) => calls.Transport = callers.Transport = transport = way;

    private void Ask(string program)
    {
        var root = new Account("root", 0, 0, [0], "/", "/bin/sh");
        try
        {
            var nothing = Descriptors.Open("/dev/null", Descriptors.ReadWrite);
            var pid = Launcher.Start(new Program(program, [program], new Dictionary<string, string>(), root), nothing, nothing, nothing);
            Descriptors.Close(nothing);
            children.Watch(pid, status => AgentLog.Write($"{program} ended with status {status}"));
        }
        catch (SystemCallException e)
        {
            AgentLog.Write(e.Message);
        }
    }
}
