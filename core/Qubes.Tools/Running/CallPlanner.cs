using Qubes.Qrexec.Protocol;
using Qubes.Tools.Calls;
using Qubes.Tools.Features;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Running;

/// <summary>
/// Turns a plan into a call of a standard service (spec: qrexec protocol, section 10): a shell command line goes through
/// <c>qubes.VMShell</c>, a program with arguments through <c>qubes.VMExec</c> where the qube has that, a service as it is.
/// </summary>
internal sealed class CallPlanner(Session session, RunPlan plan)
{
    /// <param name="wait">Connect the call and wait for its end; else it is only started.</param>
    public async Task<ServiceCall> PlanAsync(string qube, bool wait, CancellationToken cancellation)
    {
        var gui = plan.Gui && await HasAsync(qube, "gui", cancellation);
        var call = await ChooseAsync(qube, gui, wait, cancellation);
        return call with { User = plan.User, NoGui = !gui, Connected = wait };
    }

    private async Task<ServiceCall> ChooseAsync(string qube, bool gui, bool wait, CancellationToken cancellation)
    {
        if (plan.IsService)
            return new ServiceCall(qube, plan.Words[0]);
        if (plan.IsProgram && await HasVmExecAsync(qube, cancellation))
            return new ServiceCall(qube, $"{(gui ? "qubes.VMExecGUI" : "qubes.VMExec")}+{VmExecEncoding.Encode(plan.Words)}");

        var command = plan.IsProgram ? VmShell.Join(plan.Words) : plan.Words[0];
        // Without streams there is nothing to write a command to: the agent's own way of running one takes it from the call.
        return wait
            ? new ServiceCall(qube, gui ? "qubes.VMShell+WaitForSession" : "qubes.VMShell") { Prefix = VmShell.Line(command) }
            : new ServiceCall(qube, "") { ShellCommand = command };
    }

    private async Task<bool> HasVmExecAsync(string qube, CancellationToken cancellation) =>
        await HasAsync(qube, "vmexec", cancellation) || await HasAsync(qube, "supported-rpc.qubes.VMExec", cancellation);

    private async Task<bool> HasAsync(string qube, string feature, CancellationToken cancellation) =>
        !string.IsNullOrEmpty(await Feature.GetWithTemplateAsync(session, qube, feature, cancellation));
}
