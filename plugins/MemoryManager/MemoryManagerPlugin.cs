using Autofac;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.MemoryManager.Host;
using Qubes.Plugins.MemoryManager.Pressure;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.MemoryManager;

/// <summary>Shares the host's memory out among running qubes (spec: qmemman).</summary>
public sealed class MemoryManagerPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder)
    {
        builder.Register(c =>
        {
            var log = c.Resolve<ILogger<BackgroundWork>>();
            return new BackgroundWork(c.Resolve<IKernelLoop>(), (what, e) => Log.WorkFailed(log, what, e.Message), (what, e) => Log.WorkBroke(log, what, e));
        }).SingleInstance();
        builder.Register(_ => new ProcMeminfo()).As<IHostMemory>().SingleInstance();
        builder.RegisterModule<PressureParts>();
    }
}
