using Microsoft.Extensions.Logging;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Kernel.Scripts.Copies;

/// <summary>What a script wants done to a qube of which it has a copy: carried out on the kernel loop, in the order of the asking.</summary>
internal sealed class ScriptOrders(IKernelLoop loop, IQubes qubes, ILogger log)
{
    /// <summary>Completes when it was done. What comes of it is logged where it is refused; whoever asked need not wait.</summary>
    /// <param name="name">The qube's name.</param>
    /// <param name="uuid">The qube's own: another one that has its name meanwhile is not meant.</param>
    /// <param name="what">For the log.</param>
    /// <param name="order">Done to the qube itself.</param>
    public Task Give(string name, Guid uuid, string what, Func<IQube, Task> order) =>
        loop.InvokeAsync(() => CarryOutAsync(name, uuid, what, order));

    private async Task CarryOutAsync(string name, Guid uuid, string what, Func<IQube, Task> order)
    {
        try
        {
            if (!qubes.TryFind(name, out var qube) || qube.Uuid != uuid)
                throw new QubeNotFoundException($"No such domain: '{name}'");
            await order(qube);
        }
        catch (QubesException e)
        {
            Scripts.Log.OrderRefused(log, what, name, e.Message);
        }
    }
}
