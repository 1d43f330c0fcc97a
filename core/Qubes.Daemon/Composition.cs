using System.Security.Cryptography;
using Autofac;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Qubes.Kernel;
using Qubes.Kernel.Plugins;
using Qubes.Kernel.Scripts;
using Qubes.Kernel.Startup;
using Qubes.Daemon.Configuration;
using Qubes.Daemon.Logging;
using Qubes.Sdk.Hosting;

namespace Qubes.Daemon;

/// <summary>The daemon's one container: the kernel, the plugin host, and what both need from outside.</summary>
internal static class Composition
{
    public static IContainer Build(Surroundings around, string configurationFile, IConfigurationRoot configuration, DaemonSettings settings)
    {
        var builder = new ContainerBuilder();
        builder.RegisterInstance(around.Paths);
        builder.RegisterInstance(around.Time).As<TimeProvider>();
        // One for each who asks: a random source is not safe to share between threads.
        builder.Register(_ => new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));
        builder.RegisterInstance(configuration).As<IConfiguration>();
        builder.RegisterInstance(new KernelOptions(settings.Hypervisor));
        builder.Register(_ => DaemonLogging.Create(settings.Debug, around.ToJournal, around.Time)).As<ILoggerFactory>().SingleInstance();
        builder.RegisterGeneric(typeof(Logger<>)).As(typeof(ILogger<>)).SingleInstance();
        builder.RegisterModule<KernelModule>();
        builder.RegisterModule<PluginModule>();
        builder.RegisterModule<ScriptModule>();
        builder.RegisterType<ConfigurationWatch>().WithParameter(TypedParameter.From(configurationFile)).SingleInstance().ExternallyOwned();
        builder.RegisterType<DaemonRun>().SingleInstance();
        return builder.Build();
    }
}
