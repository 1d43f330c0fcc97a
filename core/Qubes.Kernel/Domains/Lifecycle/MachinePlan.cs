using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Memory;

namespace Qubes.Kernel.Domains.Lifecycle;

/// <summary>Turns a qube's settings into what a hypervisor driver is told.</summary>
internal static class MachinePlan
{
    public static IHypervisorDriver DriverFor(KernelContext context)
    {
        var drivers = context.Extensions.All<IHypervisorDriver>();
        return drivers.FirstOrDefault(d => d.Name == context.Options.Hypervisor)
            ?? throw new QubeException(
                $"No active plugin has the hypervisor driver '{context.Options.Hypervisor}'; " +
                $"available: {string.Join(", ", drivers.Select(d => d.Name))}");
    }

    /// <summary>Without volumes: they are not started yet.</summary>
    public static MachineSpec For(Qube qube, bool expectsAgent, KernelContext context)
    {
        var kernel = qube.Properties.Get(QubeProperties.Kernel);
        if (string.IsNullOrEmpty(kernel))
            throw new QubeException($"'{qube.Name}' has no kernel: set its property kernel, or the system's default_kernel");
        return new MachineSpec
        {
            Name = qube.Name,
            Uuid = qube.Uuid,
            Class = qube.Class,
            MemoryMiB = qube.Properties.Get(QubeProperties.Memory),
            MostMemoryMiB = MostMemory(qube, context),
            Vcpus = qube.Properties.Get(QubeProperties.Vcpus),
            KernelDirectory = Path.Combine(context.Paths.Kernels, qube.Qubes.RequireKernel("kernel", kernel)),
            KernelOptions = qube.Properties.Get(QubeProperties.Kernelopts) ?? "",
            Volumes = [],
            GuestParameters = new Dictionary<string, string>
            {
                ["name"] = qube.Name,
                ["type"] = qube.Class.ToString(),
                ["user"] = qube.Properties.Get(QubeProperties.DefaultUser) ?? "",
            },
            ExpectsAgent = expectsAgent,
            Debug = qube.Properties.Get(QubeProperties.Debug),
        };
    }

    // Where nobody balances, a guest that could have more would only pay for it. 0: it keeps what it starts with.
    private static int MostMemory(Qube qube, KernelContext context)
    {
        var (memory, most) = (qube.Properties.Get(QubeProperties.Memory), qube.Properties.Get(QubeProperties.Maxmem));
        return most > memory && context.Extensions.All<IMemoryBroker>().Count > 0 ? most : 0;
    }
}
