using Qubes.Agent.Accounts;
using Qubes.Agent.Boot;
using Qubes.Agent.Loop;
using Qubes.Agent.Native;
using Qubes.Agent.Processes;
using Qubes.Agent.Rpc;
using Qubes.Qrexec.Rpc;
using Qubes.Qrexec.Link;

namespace Qubes.Agent.Serving;

/// <summary>The running agent: one thread, one loop.</summary>
internal sealed class AgentServer : IAgentOwner, IDisposable
{
    /// <summary>How often the first process looks for orphans that nobody announces, milliseconds.</summary>
    private const int OrphanPeriod = 1000;
    private readonly EventLoop loop = new();
    private readonly ChildTable children;
    private readonly ServiceCalls calls;
    private readonly bool isInit;
    private AgentLink? link;

    /// <summary>An agent without a port yet.</summary>
    public AgentServer(string defaultUser, bool isInit)
    {
        this.isInit = isInit;
        children = new ChildTable(loop);
        var starter = new ServiceStarter(
            ServiceLookup.FromEnvironment(), new AccountFiles("/etc/passwd", "/etc/group"), defaultUser);
        calls = new ServiceCalls(loop, children, starter);
        loop.Heartbeat = isInit ? OrphanPeriod : -1;
    }

    /// <summary>Serves over a virtio-serial port.</summary>
    public void UseDevice(string path) => Use(new DevicePort(loop, path));

    /// <summary>Serves over a Unix socket that it listens at.</summary>
    public void UseSocket(string path) => Use(new SocketPort(loop, path));

    /// <summary>Serves for ever.</summary>
    public void Run()
    {
        AgentLog.Write("ready");
        while (true)
        {
            var isMore = link!.Work();
            loop.Turn(mayWait: !isMore);
            if (isInit)
                children.Reap();
        }
    }

    /// <inheritdoc/>
    public ChannelUser? Accept(LinkEnd channel) => calls.Accept(channel);

    /// <inheritdoc/>
    public void LinkLost() => calls.LinkLost();

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
        if (!Libc.TrySetClock(seconds))
            AgentLog.Write("the clock cannot be set");
    }

    /// <inheritdoc/>
    public void Dispose() => loop.Dispose();

    private void Use(Port port) => calls.Link = link = new AgentLink(port, this);

    private void Ask(string program)
    {
        var root = new Account("root", 0, 0, [0], "/", "/bin/sh");
        try
        {
            var nothing = Libc.Open("/dev/null", Libc.ReadWrite);
            var pid = Launcher.Start(new Program(program, [program], new Dictionary<string, string>(), root), nothing, nothing, nothing);
            Libc.Close(nothing);
            children.Watch(pid, status => AgentLog.Write($"{program} ended with status {status}"));
        }
        catch (SystemCallException e)
        {
            AgentLog.Write(e.Message);
        }
    }
}
