using Autofac;
using Microsoft.Extensions.Logging;
using Qubes.Kernel.Loop;
using Qubes.Kernel.Scripts.Compiling;
using Qubes.Kernel.Scripts.Files;
using Qubes.Kernel.Scripts.Running;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Scripting;

namespace Qubes.Kernel.Scripts;

/// <summary>The script host; over the kernel and the plugin host.</summary>
internal sealed class ScriptModule : Module
{
    protected override void Load(ContainerBuilder builder)
    {
        builder.Register(_ => ScriptTrust.ForThisProcess()).SingleInstance();
        builder.RegisterInstance(new ScriptBudgets());
        builder.Register(c =>
        {
            var state = c.Resolve<ITurnCommitter>();
            return new ScriptSurroundings(
                c.Resolve<IKernelLoop>(), () => state.Changes, c.Resolve<IQubes>(), c.Resolve<TimeProvider>(), c.Resolve<ILoggerFactory>(), c.Resolve<ScriptBudgets>());
        }).SingleInstance();
        builder.RegisterTypes(
                typeof(ScriptFolders), typeof(ScriptReader), typeof(ScriptCompiler), typeof(CompiledCache), typeof(ScriptTable), typeof(ScriptEnabling))
            .SingleInstance();
        // Ended by the daemon, in its place among the rest.
        builder.RegisterType<ScriptHost>().AsSelf().As<IScripts>().SingleInstance().ExternallyOwned();
    }
}
