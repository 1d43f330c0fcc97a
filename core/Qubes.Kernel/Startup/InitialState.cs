using Qubes.Kernel.Domains;
using Qubes.Kernel.Store;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Startup;

/// <summary>What a new state directory holds: the host, its labels, and the two pools (spec: domain model, section 4).</summary>
internal sealed class InitialState(QubeRegistry qubes, KernelContext context)
{
    public void Create()
    {
        context.State.PutQube(StoredQubes.Of(qubes.AdminVm));
        foreach (var label in qubes.Labels)
            context.State.PutLabel(new StoredLabel(label.Index, label.Name, label.Color));
        AddPool("varlibqubes", "file", new() { ["dir_path"] = context.Paths.State });
        AddPool("linux-kernel", "linux-kernel", new() { ["dir_path"] = context.Paths.Kernels });
        qubes.System.Restore("default_pool_kernel", "linux-kernel", alreadyStored: false);
    }

    private void AddPool(string name, string driver, Dictionary<string, string> options)
    {
        qubes.Storage.Restore(new PoolConfiguration(name, driver, options));
        context.State.PutPool(new StoredPool(name, driver, options));
    }
}
