using Autofac;
using Microsoft.Extensions.Configuration;
using Qubes.KernelWorld;
using Qubes.Plugins.Cloning.Building;
using Qubes.Plugins.Cloning.Status;
using Qubes.Plugins.Cloning.Templates;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Cloning.Tests.Worlds;

/// <summary>
/// The real kernel on a real store with the real plugin; machines, guests, volumes and time are simulated. A template <c>tmpl</c>,
/// disposable templates <c>dvm</c> and <c>dvm2</c>, an AppVM <c>work</c>.
/// </summary>
internal sealed class CloningKernel : WorldKernel
{
    private CloningKernel(DirectoryInfo root, CloningWorld world) : base(root, world, world.Clock) => World = world;

    public CloningWorld World { get; }

    public static async Task<CloningKernel> StartAsync(CloningWorld? world = null)
    {
        var root = Directory.CreateTempSubdirectory("qubes-cloning-");
        foreach (var version in new[] { "1.0", "2.0" })
            await AddGuestKernelAsync(root, version);
        var kernel = await new CloningKernel(root, world ?? new CloningWorld()).BootAsync();
        await kernel.PopulateAsync();
        return kernel;
    }

    /// <summary>As if the daemon were killed and started again: processes that wait end with it, and so do prepared layers.</summary>
    public async Task<CloningKernel> CrashAsync(Action? whileAway = null)
    {
        await StopKernelAsync();
        foreach (var reserve in World.Driver.Reserves.ToList())
        {
            foreach (var disk in reserve.Disks)
                await disk.Pool.DiscardAsync(disk, default);
            World.Driver.Reserves.Remove(reserve);
        }
        whileAway?.Invoke();
        return await new CloningKernel(Root, World).BootAsync();
    }

    /// <summary>Somebody's disposable, started.</summary>
    public async Task<IQube> StartOneAsync(string template = "dvm", Action<IQube>? before = null)
    {
        var qube = await OnLoop(() => OfKernel<IDisposables>().AcquireAsync(new(Qubes.Find(template), Qubes.Find("work")), default));
        await OnLoop(() =>
        {
            before?.Invoke(qube);
            return qube.StartAsync(default);
        });
        await SettleAsync();
        return qube;
    }

    /// <summary>Somebody's disposable, started and ended.</summary>
    /// <returns>Whether it began as a copy.</returns>
    public async Task<bool> IsCopiedAsync(string template = "dvm", Action<IQube>? before = null)
    {
        var qube = await StartOneAsync(template, before);
        await OnLoop(() => qube.KillAsync(default));
        await SettleAsync();
        return World.Driver.Copies.Contains(qube.Name);
    }

    /// <summary>Has the first disposable booted, and waits until the memory template is there.</summary>
    public async Task BuildAsync(string template = "dvm")
    {
        Assert.False(await IsCopiedAsync(template));
        await PassAsync(10);
        Assert.Equal("ready", (await StatusAsync(template)).State);
    }

    public Task<MemoryTemplateStatus> StatusAsync(string template = "dvm") =>
        OnLoop(() => Part<StatusReader>().Of(Qubes.Find(template)));

    public Task<TemplateRecord> RecordAsync(string template = "dvm") => OnLoop(() => Part<TemplateRecords>().Of(Qubes.Find(template)));

    /// <summary>Names of disposables that the plugin made for itself.</summary>
    public Task<string[]> HiddenAsync() => OnLoop(() => Qubes.Where(q => Part<HiddenQubes>().IsNobodys(q)).Select(q => q.Name).ToArray());

    protected override Task EndAsync() => StopPluginAsync();

    private async Task<CloningKernel> BootAsync()
    {
        await BootAsync("Cloning", Register, () =>
        {
            World.Offer(Part<IDisposableCloner>(), Part<IUnclaimedQubes>());
            return Task.CompletedTask;
        });
        return this;
    }

    private void Register(ContainerBuilder builder)
    {
        builder.RegisterInstance(World.Configuration).As<IConfiguration>();
        builder.RegisterModule<CloningPlugin>();
    }

    private Task PopulateAsync() => OnLoop(async () =>
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
        foreach (var feature in new[] { "qrexec", "supported-rpc.qubes.WaitForRunningSystem" })
            template.Features.Set(feature, "1");
    });
}
