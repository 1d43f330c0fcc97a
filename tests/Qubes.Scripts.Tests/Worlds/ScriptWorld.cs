using System.Collections.Concurrent;
using Autofac;
using Microsoft.Extensions.Logging;
using Qubes.Kernel;
using Qubes.Kernel.Domains;
using Qubes.Kernel.Plugins;
using Qubes.Kernel.Scripts;
using Qubes.Kernel.Scripts.Files;
using Qubes.Kernel.Scripts.Running;
using Qubes.Kernel.Startup;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Scripting;
using Qubes.Sdk.Testing.Hypervisors;
using Qubes.Sdk.Testing.Storage;

namespace Qubes.Scripts.Tests.Worlds;

/// <summary>
/// The real kernel and script host over directories of their own; machines are simulated, time is real: a script's thread is. Qubes: template
/// <c>tmpl</c>, disposable templates <c>dvm</c> and <c>dvm2</c>, AppVM <c>work</c>.
/// </summary>
internal sealed class ScriptWorld : IExtensions, IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    // For whom a test's machine is too busy to be quick.
    private static readonly ScriptBudgets Patient = new() { Patience = TimeSpan.FromSeconds(3), Decision = TimeSpan.FromSeconds(10), Handler = TimeSpan.FromSeconds(10) };

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("qubes-scripts-");
    private readonly IReadOnlyList<object> drivers =
        [new SimulatedHypervisor(TimeProvider.System), new SimulatedPoolDriver(), new SimulatedPoolDriver("linux-kernel")];
    private readonly Lines lines = new();
    private readonly IContainer container;

    private ScriptWorld(ScriptBudgets budgets)
    {
        Directory.CreateDirectory(root + "/var/lib/qubes/vm-kernels/1.0");
        File.WriteAllText(root + "/var/lib/qubes/vm-kernels/1.0/vmlinuz", "");
        Directory.CreateDirectory(Own);
        Directory.CreateDirectory(Shipped);
        var builder = new ContainerBuilder();
        builder.RegisterModule<KernelModule>();
        builder.RegisterModule<ScriptModule>();
        builder.RegisterType<PluginExtensions>().SingleInstance();
        builder.RegisterInstance<IExtensions>(this).ExternallyOwned();
        builder.RegisterInstance(new QubesPaths(root.FullName, root.FullName + "/usr"));
        builder.RegisterInstance(new KernelOptions("simulated"));
        builder.RegisterInstance<ILoggerFactory>(new LoggerFactory([lines])).ExternallyOwned();
        builder.RegisterGeneric(typeof(Logger<>)).As(typeof(ILogger<>)).SingleInstance();
        builder.RegisterInstance(TimeProvider.System);
        builder.RegisterInstance(new Random(1)).ExternallyOwned();
        builder.RegisterInstance(budgets);
        container = builder.Build();
    }

    public event Action? Changed
    {
        add => container.Resolve<PluginExtensions>().Changed += value;
        remove => container.Resolve<PluginExtensions>().Changed -= value;
    }

    /// <summary>The administrator's directory.</summary>
    public string Own => root + "/etc/qubes/scripts";

    /// <summary>The directory of those that ship.</summary>
    public string Shipped => root + "/usr/share/qubes/scripts";

    public string Cache => root + "/var/lib/qubes/scripts";

    public ScriptHost Host => container.Resolve<ScriptHost>();

    public QubeRegistry Qubes => container.Resolve<QubeRegistry>();

    public IDisposables Disposables => container.Resolve<IDisposables>();

    public IEventBus Bus { get; private set; } = null!;

    /// <summary>What was logged.</summary>
    public IReadOnlyCollection<string> Logged => lines.Seen;

    public static async Task<ScriptWorld> StartAsync(ScriptBudgets? budgets = null, Action<ScriptWorld>? before = null)
    {
        var world = new ScriptWorld(budgets ?? Patient);
        var startup = world.container.Resolve<IKernelStartup>();
        await startup.LoadAsync(default);
        world.Bus = world.container.Resolve<Func<string, int, IEventBus>>()("test", 1000);
        await world.PopulateAsync();
        before?.Invoke(world);
        await world.Host.StartAsync(default);
        return world;
    }

    public IReadOnlyList<T> All<T>() where T : class => [.. drivers.OfType<T>(), .. container.Resolve<PluginExtensions>().All<T>()];

    public Task<T> OnLoop<T>(Func<T> work) => container.Resolve<IKernelLoop>().InvokeAsync(() => Task.FromResult(work()));

    public Task<T> OnLoop<T>(Func<Task<T>> work) => container.Resolve<IKernelLoop>().InvokeAsync(work);

    public Task OnLoop(Action work) => OnLoop(() =>
    {
        work();
        return true;
    });

    /// <summary>Writes a script of the administrator's, as <c>mv</c> would, and has the host look at it.</summary>
    public async Task<ScriptStatus> WriteAsync(string name, string text)
    {
        Put(name, text);
        await Host.RefreshAsync(default);
        return await StatusAsync(name);
    }

    /// <summary>Writes a script of the administrator's.</summary>
    public void Put(string name, string text)
    {
        var path = ScriptFolders.PathOf(name, Own);
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }

    public Task<ScriptStatus> StatusAsync(string name) => OnLoop(() => Host.All.First(s => s.Name == name));

    /// <summary>What a policy answers, once it has had the time to decide.</summary>
    /// <param name="policy">Its name.</param>
    /// <param name="view">What it sees; null: the usual.</param>
    /// <param name="isNews">It will decide otherwise than it did last.</param>
    public async Task<PreloadTarget> AskAsync(string policy, PreloadView? view = null, bool isNews = false)
    {
        var asked = view ?? await ViewAsync();
        PreloadTarget? decided = null;
        var listening = await OnLoop(() => Bus.Subscribe<PreloadDecided>(e => decided = e.Target));
        var atOnce = await OnLoop(() => Policy(policy)!.TargetOf(asked));
        await UntilAsync(() => decided is not null || !isNews && atOnce.Reason != "not decided yet");
        await OnLoop(listening.Dispose);
        return decided ?? atOnce;
    }

    /// <summary>What a policy decides about exactly this view: it is asked until its answers no longer change.</summary>
    public async Task<PreloadTarget> DecisionAsync(string policy, PreloadView view)
    {
        PreloadTarget last = default;
        await OnLoop(() => Policy(policy)!.TargetOf(view));
        var asked = 0;
        await UntilAsync(() =>
        {
            var now = Policy(policy)!.TargetOf(view);
            (asked, last) = (now == last ? asked + 1 : 0, now);
            return asked >= 3;
        });
        return last;
    }

    public IPreloadPolicy? Policy(string name) => All<IPreloadPolicy>().FirstOrDefault(p => p.Name == name);

    public Task<PreloadView> ViewAsync(int max = 5) => OnLoop(() => new PreloadView(
        Qubes.Find("dvm"), max, 0, 0, new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero), new([], new double[24]), null, 400 << 20));

    /// <summary>Waits for something that happens on another thread; fails when it does not.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await OnLoop(condition))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Longest, "it does not happen; logged: " + string.Join('\n', Logged));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await container.Resolve<IKernelStartup>().StopAsync();
        await container.DisposeAsync();
        root.Delete(recursive: true);
    }

    private Task<bool> PopulateAsync() => OnLoop(async () =>
    {
        var template = await Qubes.CreateAsync(new(QubeClass.TemplateVM, "tmpl", "black"), default);
        Qubes.System.Set(SystemProperties.DefaultTemplate, template);
        Qubes.System.Set(SystemProperties.DefaultKernel, "1.0");
        await Qubes.CreateAsync(new(QubeClass.AppVM, "work", "red"), default);
        foreach (var name in new[] { "dvm", "dvm2" })
        {
            var dvm = await Qubes.CreateAsync(new(QubeClass.AppVM, name, "orange"), default);
            dvm.Properties.Set(QubeProperties.TemplateForDispvms, true);
        }
        return true;
    });

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Seen { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Seen.Enqueue(formatter(state, exception) + (exception is null ? "" : " " + exception));

        public void Dispose() { }
    }
}
