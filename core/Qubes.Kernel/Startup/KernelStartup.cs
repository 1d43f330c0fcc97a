using Qubes.Kernel.Domains;
using Qubes.Kernel.Domains.Lifecycle;
using Qubes.Kernel.Domains.Rules;
using Qubes.Kernel.Loop;
using Qubes.Kernel.Store;

namespace Qubes.Kernel.Startup;

/// <summary>The kernel's part in the daemon's start and end.</summary>
internal sealed class KernelStartup(
    KernelLoop loop, StateStore store, QubeRegistry qubes, KernelContext context, IEnumerable<IDomainRules> rules) : IKernelStartup
{
    public Task LoadAsync(CancellationToken cancel) => loop.InvokeAsync(() =>
    {
        new StateLoader(qubes, context).Load(store.Load());
        foreach (var rule in rules)
            rule.Attach();
        return Task.CompletedTask;
    });

    public Task AttachAsync(CancellationToken cancel) =>
        loop.InvokeAsync(() => new MachineAdoption(qubes, context).RunAsync(cancel));

    public async Task StopAsync()
    {
        await loop.DisposeAsync();
        await store.DisposeAsync();
    }
}
