using Autofac;
using Microsoft.Extensions.Configuration;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.MemoryManager.Pressure;

/// <summary>What watches the host's memory. Needs an <c>IHostMemory</c>.</summary>
internal sealed class PressureParts : Module
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder)
    {
        builder.Register(c => PressureOptions.Read(c.Resolve<IConfiguration>())).SingleInstance();
        builder.Register(_ => new StallAverages()).SingleInstance();
        builder.RegisterInstance<Func<IStalls?>>(() => StallTrigger.TryOpen());
        builder.RegisterTypes(typeof(HostPressure), typeof(PressureJudge)).SingleInstance();
        builder.RegisterType<PressureMonitor>().As<IKernelService>().SingleInstance();
    }
}
