using System.Net.Sockets;
using System.Text;
using Autofac;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Qubes.Plugins.AdminApi.Tests.Kernel;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Tests;

/// <summary>The plugin on a real socket in a directory of its own, over an in-memory kernel.</summary>
internal sealed class TestDaemon : IAsyncDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("adm");
    private readonly IContainer container;
    private readonly IKernelService service;
    private bool isStopped;

    private TestDaemon()
    {
        var builder = new ContainerBuilder();
        builder.RegisterModule(new AdminApiPlugin());
        builder.RegisterInstance(new QubesPaths(root.FullName, "/usr"));
        builder.RegisterInstance(Loop).As<IKernelLoop>().ExternallyOwned();
        builder.RegisterInstance(Bus).As<IEventBus>();
        builder.RegisterInstance(Qubes).As<IQubes>();
        builder.RegisterInstance(Extensions).As<IExtensions>();
        builder.RegisterInstance(Disposables);
        builder.RegisterInstance(Volumes);
        builder.RegisterInstance(Plugins);
        builder.RegisterInstance(Time).As<TimeProvider>();
        builder.RegisterInstance<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.RegisterGeneric(typeof(NullLogger<>)).As(typeof(ILogger<>));
        container = builder.Build();
        service = container.Resolve<IKernelService>();
        ForQubes = container.Resolve<IAdminEndpoint>();
        Qubes.Add("work");
    }

    public TestLoop Loop { get; } = new();

    public TestBus Bus { get; } = new();

    public TestQubes Qubes { get; } = new();

    public TestExtensions Extensions { get; } = new();

    public IDisposables Disposables { get; } = Substitute.For<IDisposables>();

    public IVolumes Volumes { get; } = Substitute.For<IVolumes>();

    public IPluginControl Plugins { get; } = Substitute.For<IPluginControl>();

    public ManualTime Time { get; } = new();

    /// <summary>Where calls of qubes come in.</summary>
    public IAdminEndpoint ForQubes { get; }

    public TestQube Work => (TestQube)Qubes.Single(q => q.Name == "work");

    public string SocketPath => root.FullName + "/run/qubesd.sock";

    public string InternalSocketPath => root.FullName + "/run/qubesd.internal.sock";

    public string MiscSocketPath => root.FullName + "/run/qubesd.misc.sock";

    public static async Task<TestDaemon> StartAsync(Action<TestDaemon>? prepare = null)
    {
        var daemon = new TestDaemon();
        prepare?.Invoke(daemon);
        await daemon.Loop.InvokeAsync(() => daemon.service.StartAsync(CancellationToken.None));
        return daemon;
    }

    public Socket Connect(string? path = null)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path ?? SocketPath));
        return socket;
    }

    /// <summary>The whole answer to raw bytes.</summary>
    public async Task<string> SendAsync(byte[] request, string? path = null)
    {
        using Socket socket = Connect(path);
        try
        {
            for (int sent = 0; sent < request.Length;)
                sent += await socket.SendAsync(request.AsMemory(sent));
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            return "";
        }
        return await ReadToEndAsync(socket);
    }

    public Task<string> SendAsync(string request, string? path = null) => SendAsync(Encoding.Latin1.GetBytes(request), path);

    /// <summary>The answer to a call of the host, e.g. <c>admin.vm.List+</c>.</summary>
    public Task<string> CallAsync(string call, string destination = "dom0", string payload = "") =>
        SendAsync($"{call} dom0 name {destination}\0{payload}");

    /// <summary>A connection that has asked for a stream.</summary>
    public async Task<StreamClient> ListenAsync(string call = "admin.Events+", string destination = "dom0")
    {
        var client = new StreamClient(Connect());
        await client.AskAsync($"{call} dom0 name {destination}\0");
        return client;
    }

    /// <summary>Runs on the loop.</summary>
    public Task OnLoopAsync(Action work) => Loop.InvokeAsync(() =>
    {
        work();
        return Task.CompletedTask;
    });

    public Task FireAsync(QubesEvent e) => OnLoopAsync(() => Bus.Fire(e));

    public static async Task<string> ReadToEndAsync(Socket socket)
    {
        var answer = new MemoryStream();
        byte[] buffer = new byte[65536];
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory()) is > 0 and int read)
                answer.Write(buffer, 0, read);
        }
        catch (SocketException)
        {
            // The daemon let go with something of ours unread.
        }
        return Encoding.UTF8.GetString(answer.ToArray());
    }

    /// <summary>Starts after a stop.</summary>
    public Task StartAgainAsync() => Loop.InvokeAsync(() => service.StartAsync(CancellationToken.None));

    public Task StopAsync()
    {
        isStopped = true;
        return Loop.InvokeAsync(() => service.StopAsync(CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        if (!isStopped)
            await StopAsync();
        await container.DisposeAsync();
        await Loop.DisposeAsync();
        root.Delete(recursive: true);
    }
}
