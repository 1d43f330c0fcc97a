using Autofac;
using Qubes.Plugins.Qrexec.Agents;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.Evaluating;
using Qubes.Plugins.Qrexec.HostCallers;
using Qubes.Plugins.Qrexec.HostServices;
using Qubes.Plugins.Qrexec.Judging;
using Qubes.Plugins.Qrexec.Memory;
using Qubes.Plugins.Qrexec.Ports;
using Qubes.Plugins.Qrexec.Prompting;
using Qubes.Qrexec.Link;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Rpc;

namespace Qubes.Plugins.Qrexec;

/// <summary>The host's side of qrexec: lines to the agents, and a daemon for each guest (spec: protocol, section 4).</summary>
public sealed class QrexecPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder)
    {
        builder.RegisterInstance(new LinkOptions());
        LoadPolicy(builder);
        LoadHost(builder);
        builder.RegisterType<GuestRegistry>().SingleInstance();
        builder.RegisterType<CallTargets>().SingleInstance();
        builder.RegisterType<CallMaker>().As<ICallMaker>().SingleInstance();
        builder.RegisterType<CallIntake>().SingleInstance();
        builder.RegisterType<DataRelays>().SingleInstance();
        builder.RegisterType<MemoryReports>().SingleInstance();
        builder.RegisterType<AgentSessions>().SingleInstance();
        builder.RegisterInstance(new DrawnSamples(DrawnSamples.UsualCapacity));
        builder.RegisterType<CloneLines>().SingleInstance();
        builder.RegisterType<RehearsedStreams>().SingleInstance();
        builder.RegisterType<CopyRehearsals>().SingleInstance();
        builder.RegisterType<GuestAgent>().InstancePerDependency().ExternallyOwned();
        builder.RegisterType<GuestAgents>().As<IGuestAgents>().As<IGuestServices>().As<IKernelService>().SingleInstance();
    }

    private static void LoadPolicy(ContainerBuilder builder)
    {
        builder.RegisterType<PolicyStore>().SingleInstance();
        builder.RegisterType<ShippedPolicy>().SingleInstance();
        builder.RegisterType<PolicyWatch>().As<IKernelService>().SingleInstance();
        builder.RegisterType<TerminalPrompts>().AsSelf().As<IKernelService>().SingleInstance();
        builder.RegisterType<PolicyPrompts>().As<IPolicyPrompts>().SingleInstance();
        builder.RegisterType<GuiQubes>().SingleInstance();
        builder.RegisterType<PolicyNews>().AsSelf().As<IKernelService>().SingleInstance();
        builder.RegisterType<PolicyQuestions>().SingleInstance();
        builder.RegisterType<PolicyEngine>().SingleInstance();
        builder.RegisterType<PolicyJudge>().As<ICallJudge>().SingleInstance();
        builder.RegisterType<PolicySocket>().As<IKernelService>().SingleInstance();
        foreach (var (name, isForGui) in ((string, bool)[])[("policy.EvalSimple", false), ("policy.EvalGUI", true)])
        {
            builder.RegisterType<EvaluationService>().As<IRpcService>()
                .WithParameter(TypedParameter.From(name)).WithParameter(TypedParameter.From(isForGui)).SingleInstance();
        }
    }

    private static void LoadHost(ContainerBuilder builder)
    {
        builder.RegisterType<ProgramServices>().SingleInstance();
        builder.RegisterType<PluginServices>().SingleInstance();
        builder.RegisterType<AdminServices>().SingleInstance();
        builder.RegisterType<HostServiceKinds>().As<IHostServices>().SingleInstance();
        builder.RegisterType<LocalAccounts>().As<ILocalAccounts>().SingleInstance();
        builder.RegisterType<CallerSources>().SingleInstance();
        builder.RegisterType<CallerVchans>().SingleInstance();
        builder.RegisterType<LocalCallers>().As<IKernelService>().SingleInstance();
        builder.RegisterType<AdminVisibility>().As<IKernelService>().SingleInstance();
    }
}
