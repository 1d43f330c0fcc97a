using Autofac;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qemu.Accelerators;
using Qubes.Plugins.Qemu.Cloning;
using Qubes.Plugins.Qemu.Machines;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Qemu;

/// <summary>Offers the hypervisor driver <c>qemu</c>.</summary>
public sealed class QemuPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder)
    {
        builder.Register(c => QemuOptions.Read(c.Resolve<IConfiguration>(), c.Resolve<QubesPaths>())).SingleInstance();
        builder.Register(c => c.Resolve<ILoggerFactory>().CreateLogger("Qubes.Qemu")).SingleInstance();
        builder.Register(c => new MachineIds(c.Resolve<QubesPaths>().Runtime + "/last-machine")).SingleInstance();
        builder.Register(c => new IdentityChoice(c.Resolve<QemuOptions>(), Environment.IsPrivilegedProcess)).SingleInstance();
        builder.Register(c => new KvmVerdicts(c.Resolve<QubesPaths>().Cache + "/kvm", c.Resolve<QemuOptions>().Program))
            .SingleInstance();
        builder.Register(c => new TscFrequency(c.Resolve<TimeProvider>(), c.Resolve<QubesPaths>().Cache + "/tsc-khz")).SingleInstance();
        builder.RegisterType<ContentDigests>().SingleInstance();
        builder.RegisterType<MachineKey>().SingleInstance();
        builder.RegisterType<TemplateStore>().SingleInstance();
        builder.RegisterType<KvmProbe>().SingleInstance();
        builder.RegisterType<AcceleratorChoice>().SingleInstance();
        builder.RegisterType<QemuDriver>().As<IHypervisorDriver>().SingleInstance();
    }
}
