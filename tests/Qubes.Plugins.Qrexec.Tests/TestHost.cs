using Autofac;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.Tests.Guests;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Hypervisors;
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
    private readonly TaskCompletionSource machineEnded = new();
    private readonly FakeGuest? guest;
    private bool isStopped;

    private TestHost(TimeProvider time, bool hasFakeGuest)
    {
        Paths = new QubesPaths(root.FullName, "/usr");
        Directory.CreateDirectory(PolicyDirectory);
        guest = hasFakeGuest ? new FakeGuest(AgentSocketPath) : null;

        var machine = Substitute.For<IMachine>();
        machine.Id.Returns(Id);
        machine.AgentSocketPath.Returns(AgentSocketPath);
        machine.Ended.Returns(machineEnded.Task);
        Qube = Substitute.For<IQube>();
        Qube.Name.Returns("work");
        Qube.Uuid.Returns(new Guid(5, 0, 0, new byte[8]));
        Qube.Class.Returns(QubeClass.AppVM);
        Qube.Machine.Returns(machine);
        Qube.Properties.Get(QubeProperties.DefaultUser).Returns("alice");
        Qube.Tags.GetEnumerator().Returns(_ => ((IEnumerable<string>)["red-team"]).GetEnumerator());

        var builder = new ContainerBuilder();
        builder.RegisterModule(new QrexecPlugin());
        builder.RegisterInstance(Paths);
        builder.RegisterInstance(time);
        builder.RegisterInstance<IKernelLoop>(new InlineLoop());
        builder.RegisterInstance(Substitute.For<IQubes>());
        builder.RegisterInstance(Substitute.For<IExtensions>());
        builder.RegisterInstance<ILoggerFactory>(Log);
        builder.RegisterGeneric(typeof(Logger<>)).As(typeof(ILogger<>));
        container = builder.Build();
        service = container.Resolve<IKernelService>();
        Agents = container.Resolve<IGuestAgents>();
        Services = container.Resolve<IGuestServices>();
        HostServices = container.Resolve<IHostServices>();
    }

    public QubesPaths Paths { get; }

    public IQube Qube { get; }

    public string AgentSocketPath => root.FullName + "/agent.sock";

    public FakeGuest Guest => guest ?? throw new InvalidOperationException("this host's guest is a real one");

    public IGuestAgents Agents { get; }

    public IGuestServices Services { get; }

    public IHostServices HostServices { get; }

    public CapturedLog Log { get; } = new();

    public string PolicyDirectory => root.FullName + "/etc/qubes/policy.d";

    public string SocketPath => Paths.Runtime + "/qrexec.work";

    public string[] Sockets => [.. Directory.GetFileSystemEntries(Paths.Runtime).Select(p => Path.GetFileName(p)!).Order()];

    public static async Task<TestHost> StartAsync(TimeProvider? time = null, bool connects = true, bool hasFakeGuest = true)
    {
        var host = new TestHost(time ?? TimeProvider.System, hasFakeGuest);
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

    public void EndMachine() => machineEnded.TrySetResult();

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
        await container.DisposeAsync();
        root.Delete(recursive: true);
    }
}
