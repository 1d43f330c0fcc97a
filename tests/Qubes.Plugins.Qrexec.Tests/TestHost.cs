using Autofac;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.Tests.Calls;
using Qubes.Plugins.Qrexec.Tests.Guests;
using Qubes.Plugins.Qrexec.Tests.HostServices;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;
using QrexecClient = Qubes.Qrexec.Data.HostClient;

namespace Qubes.Plugins.Qrexec.Tests;

/// <summary>The plugin in a directory of its own, with one running qube whose guest is in this process.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    public const int Id = 7;

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("qrx");
    private readonly IContainer container;
    private readonly IKernelService service;
    private readonly List<FakeGuest> others = [];
    private readonly TestQube work;
    private readonly FakeGuest? guest;
    private bool isStopped;

    private TestHost(TimeProvider time, bool hasFakeGuest, string agentSocket)
    {
        AgentSocketPath = $"{root.FullName}/{agentSocket}";
        Paths = new QubesPaths(root.FullName, "/usr");
        Directory.CreateDirectory(PolicyDirectory);
        guest = hasFakeGuest ? new FakeGuest(AgentSocketPath) : null;

        work = new TestQube("work", Id, AgentSocketPath);
        Qubes.TryFind("work", out Arg.Any<IQube?>()).Returns(c =>
        {
            c[1] = Qube;
            return true;
        });
        Qubes.Find("work").Returns(Qube);

        var builder = new ContainerBuilder();
        builder.RegisterModule(new QrexecPlugin());
        builder.RegisterInstance(Paths);
        builder.RegisterInstance(time);
        builder.RegisterInstance<IKernelLoop>(new InlineLoop());
        builder.RegisterInstance(Qubes);
        builder.RegisterInstance(Disposables);
        builder.RegisterInstance<IExtensions>(Extensions);
        builder.RegisterInstance<ICallJudge>(Judge);
        builder.RegisterInstance(HostServices);
        builder.RegisterInstance<ILoggerFactory>(Log);
        builder.RegisterGeneric(typeof(Logger<>)).As(typeof(ILogger<>));
        container = builder.Build();
        service = container.Resolve<IKernelService>();
        Agents = container.Resolve<IGuestAgents>();
        Services = container.Resolve<IGuestServices>();
    }

    public QubesPaths Paths { get; }

    public IQube Qube => work.Qube;

    public IQubes Qubes { get; } = Substitute.For<IQubes>();

    public IDisposables Disposables { get; } = Substitute.For<IDisposables>();

    public ScriptedJudge Judge { get; } = new();

    public OfferedExtensions Extensions { get; } = new();

    public IHostServices HostServices { get; } = Substitute.For<IHostServices>();

    public string AgentSocketPath { get; }

    public FakeGuest Guest => guest ?? throw new InvalidOperationException("this host's guest is a real one");

    public IGuestAgents Agents { get; }

    public IGuestServices Services { get; }

    public CapturedLog Log { get; } = new();

    public string PolicyDirectory => root.FullName + "/etc/qubes/policy.d";

    public string SocketPath => Paths.Runtime + "/qrexec.work";

    public string[] Sockets => [.. Directory.GetFileSystemEntries(Paths.Runtime).Select(p => Path.GetFileName(p)!).Order()];

    public static async Task<TestHost> StartAsync(
        TimeProvider? time = null, bool connects = true, bool hasFakeGuest = true, Action<TestHost>? before = null,
        string agentSocket = "agent.sock")
    {
        var host = new TestHost(time ?? TimeProvider.System, hasFakeGuest, agentSocket);
        before?.Invoke(host);
        await host.service.StartAsync(CancellationToken.None);
        if (connects)
            await host.Agents.ConnectAsync(host.Qube, CancellationToken.None);
        return host;
    }

    public Task<QrexecClient> ConnectAsync() => QrexecClient.ConnectAsync(SocketPath, CancellationToken.None);

    /// <summary>A whole call as a host tool makes it.</summary>
    public async Task<(int Status, byte[] Output)> CallAsync(string command, Stream? input = null, Stream? output = null)
    {
        await using QrexecClient client = await ConnectAsync();
        ExecParameters data = await client.StartAsync(
            MessageType.ExecCmdline, new ExecRequest(new(0, 0), command), CancellationToken.None);
        await using UnixVchanListener listener = QrexecClient.Listen(Paths.Vchan, data);
        await using UnixVchan vchan = await listener.AcceptAsync(CancellationToken.None);
        var kept = new MemoryStream();
        int status = await CallerSession.RunAsync(
            vchan, new CallerStreams(input ?? Stream.Null, output ?? kept, null), CancellationToken.None);
        await client.WaitForEndAsync(CancellationToken.None);
        return (status, kept.ToArray());
    }

    /// <summary>Returns when the guest's sockets are there, or are gone.</summary>
    public async Task UntilAsync(bool connected)
    {
        using var watcher = new FileSystemWatcher(Paths.Runtime) { EnableRaisingEvents = true };
        var changed = new SemaphoreSlim(0);
        watcher.Created += (_, _) => changed.Release();
        watcher.Deleted += (_, _) => changed.Release();
        while (Agents.IsConnected(Qube) != connected || Sockets.Length != (connected ? 3 : 0))
            await changed.WaitAsync(TimeSpan.FromMilliseconds(20));
    }

    public void EndMachine() => work.EndMachine();

    /// <summary>One more qube; its agent is connected unless the qube is still to be started.</summary>
    public async Task<(TestQube Qube, FakeGuest Guest)> AddAsync(string name, int id, bool connects = true)
    {
        var added = new TestQube(name, id, $"{root.FullName}/agent.{id}");
        var fake = new FakeGuest(added.SocketPath);
        others.Add(fake);
        Qubes.Find(name).Returns(added.Qube);
        if (connects)
            await Agents.ConnectAsync(added.Qube, CancellationToken.None);
        return (added, fake);
    }

    public async Task StopAsync()
    {
        isStopped = true;
        await service.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!isStopped)
            await StopAsync();
        if (guest is not null)
            await guest.DisposeAsync();
        foreach (FakeGuest other in others)
            await other.DisposeAsync();
        await container.DisposeAsync();
        root.Delete(recursive: true);
    }
}
