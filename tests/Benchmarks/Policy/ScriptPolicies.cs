using System.Globalization;
using Autofac;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Qubes.Kernel;
using Qubes.Kernel.Plugins;
using Qubes.Kernel.Scripts;
using Qubes.Kernel.Scripts.Offers;
using Qubes.Kernel.Startup;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Scripting;
using Qubes.Sdk.Testing.Hypervisors;
using Qubes.Sdk.Testing.Storage;

namespace Qubes.Benchmarks.Policy;

/// <summary>What a decision of each script that ships costs: the script itself, and the kernel loop that asks and is told.</summary>
internal sealed class ScriptPolicies : IExtensions, IAsyncDisposable
{
    private const int Rounds = 101;
    private const int CallsPerRound = 1000;
    private const long MostBytes = 512;

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("qubes-bench-");
    private readonly IReadOnlyList<object> drivers = [new SimulatedHypervisor(TimeProvider.System), new SimulatedPoolDriver(), new SimulatedPoolDriver("linux-kernel")];
    private readonly IContainer container;

    public ScriptPolicies()
    {
        var builder = new ContainerBuilder();
        builder.RegisterModule<KernelModule>();
        builder.RegisterModule<ScriptModule>();
        builder.RegisterType<PluginExtensions>().SingleInstance();
        builder.RegisterInstance<IExtensions>(this).ExternallyOwned();
        builder.RegisterInstance(new QubesPaths(root.FullName, root.FullName + "/usr"));
        builder.RegisterInstance(new KernelOptions("simulated"));
        builder.RegisterInstance<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.RegisterGeneric(typeof(NullLogger<>)).As(typeof(ILogger<>)).SingleInstance();
        builder.RegisterInstance(TimeProvider.System);
        builder.RegisterInstance(new Random(1)).ExternallyOwned();
        container = builder.Build();
    }

    public event Action? Changed
    {
        add => container.Resolve<PluginExtensions>().Changed += value;
        remove => container.Resolve<PluginExtensions>().Changed -= value;
    }

    public IReadOnlyList<T> All<T>() where T : class => [.. drivers.OfType<T>(), .. container.Resolve<PluginExtensions>().All<T>()];

    public async Task RunAsync(Report report, string scripts)
    {
        Directory.CreateDirectory(root + "/etc/qubes/scripts");
        foreach (var script in Directory.GetFiles(scripts, "*.csx"))
            File.Copy(script, $"{root}/etc/qubes/scripts/{Path.GetFileName(script)}");
        await container.Resolve<IKernelStartup>().LoadAsync(default);
        var host = container.Resolve<ScriptHost>();
        await host.StartAsync(default);
        var view = await OnLoop(ViewAsync);
        List<string[]> rows = [];
        foreach (var policy in await OnLoop(() => Task.FromResult(All<IPreloadPolicy>())))
        {
            var script = await OnLoop(() => Task.FromResult(((ScriptPolicy)policy).Decider!));
            var (decision, bytes) = Measure(() => script(view), CallsPerRound);
            var asking = await OnLoop(() => Task.FromResult(Measure(() => policy.TargetOf(view), calls: 20).Time));
            report.Bound($"a decision of {policy.Name}", bytes, MostBytes);
            rows.Add([policy.Name, Microseconds(decision), $"{bytes}", Microseconds(asking)]);
            Console.Error.WriteLine(string.Join("  ", rows[^1]));
        }
        report.Section(
            "Script policies",
            $"Microseconds, the median of {Rounds} rounds, with 100 requests within the hour. Deciding: on the script's thread, guards included, and what it allocates. Asking: what "
            + "the kernel loop is held for when nothing of the template has changed since it was asked last; a copy of it takes some 10 µs more.",
            ["policy", "deciding: µs", "deciding: bytes", "asking: µs"], rows);
    }

    public async ValueTask DisposeAsync()
    {
        await container.Resolve<ScriptHost>().DisposeAsync();
        await container.Resolve<IKernelStartup>().StopAsync();
        await container.DisposeAsync();
        root.Delete(recursive: true);
    }

    private async Task<PreloadView> ViewAsync()
    {
        var qubes = container.Resolve<IQubes>();
        qubes.System.Set(SystemProperties.DefaultTemplate, await qubes.CreateAsync(new(QubeClass.TemplateVM, "tmpl", "black"), default));
        var dvm = await qubes.CreateAsync(new(QubeClass.AppVM, "dvm", "orange"), default);
        var now = new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero);
        return new(dvm, 8, 2, 1, now, new([.. Enumerable.Range(0, 100).Select(i => now.AddSeconds(i - 100))], new double[24]), 4L << 30, 400 << 20)
        {
            Batch = new(12, 20, null),
            Power = new(true, 60),
            NetvmState = PowerState.Running,
        };
    }

    private Task<T> OnLoop<T>(Func<Task<T>> work) => container.Resolve<IKernelLoop>().InvokeAsync(work);

    private static (double Time, long Bytes) Measure(Action call, int calls)
    {
        var guard = new ScriptGuard();
        var sample = new Sample();
        long bytes = 0;
        for (var round = -Rounds; round < Rounds; round++)
        {
            guard.Enter(long.MaxValue);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var begun = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < calls; i++)
                call();
            var took = TimeProvider.System.GetElapsedTime(begun).TotalMicroseconds / calls;
            bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / calls;
            ScriptGuard.Leave();
            if (round >= 0)
                sample.Add(took);
        }
        return (sample.Percentile(50), bytes);
    }

    private static string Microseconds(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
