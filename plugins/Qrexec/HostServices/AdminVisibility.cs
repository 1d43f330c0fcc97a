using Qubes.Plugins.Qrexec.Judging;
using Qubes.Policy.Evaluation;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Qrexec.HostServices;

/// <summary>
/// What qubes that call the Admin API learn of others: a listing shows a qube that the same method might be called on, and a listener
/// gets the events that policy allows it under <c>admin.Events</c> (spec: Admin API, section 4). What would have to be asked is not
/// allowed. Used on the kernel loop.
/// </summary>
internal sealed class AdminVisibility(IEventBus bus, IQubes qubes, PolicyStore store) : IKernelService
{
    private const string Host = "@adminvm";

    private IDisposable? subscription;

    public Task StartAsync(CancellationToken cancel)
    {
        subscription = bus.Subscribe<AdminPermission>(Restrict);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancel)
    {
        subscription?.Dispose();
        return Task.CompletedTask;
    }

    private void Restrict(AdminPermission permission)
    {
        IQube caller = permission.Caller;
        if (caller.Class == QubeClass.AdminVM)
            return;
        string service = $"{permission.Method}+{permission.Argument}";
        permission.ShowOnly(qube => Allows(caller, service, qube));
        if (permission.Method == "admin.Events")
            permission.SendOnly(e => Allows(caller, $"admin.Events+{e.WireName.Replace(':', '_')}", SubjectOf(e)));
    }

    private bool Allows(IQube caller, string service, IQube? about)
    {
        if (store.Last?.Policy is not { } policy)
            return false;
        var system = new SystemWith(new LiveSystem(qubes), about);
        string target = about is null || about.Class == QubeClass.AdminVM ? Host : about.Name;
        return policy.Decide(new PolicyCall(caller.Name, service, target), system, new LiveQube(caller)) is AllowedDecision;
    }

    private static IQube? SubjectOf(QubesEvent e) => e.Subject ?? e.Arguments.FirstOrDefault(a => a.Key == "vm").Value as IQube;

    /// <summary>The qubes there are and one that may be gone by now, of which an event tells.</summary>
    private sealed class SystemWith(LiveSystem live, IQube? extra) : IPolicySystem
    {
        public IEnumerable<IPolicyQube> Qubes => live.Qubes;

        public bool TryFind(string nameOrUuid, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPolicyQube? qube)
        {
            if (!live.TryFind(nameOrUuid, out qube) && extra is not null && nameOrUuid == extra.Name)
                qube = new LiveQube(extra);
            return qube is not null;
        }
    }
}
