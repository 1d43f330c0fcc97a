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

    // Where nobody balances, a guest that could have more would only pay for it. It does: its kernel keeps 64 bytes for each page that it
    // might be given, and hands all that it does not get to its balloon while it boots. Measured under TCG with 400 MiB, what the host
    // spends on an idle guest and the processor time of the balloon: most 800: +6 %, 0.4 s; 1200: +9 %, 1.0 s; 1600: +13 %, 1.5 s;
    // 4000: +35 %, 3.9 s, and it starts 20 % later. So a maxmem that nobody chose gives that much more only. 0: it keeps what it starts with.
    private static int MostMemory(Qube qube, KernelContext context)
    {
        var (memory, most) = (qube.Properties.Get(QubeProperties.Memory), qube.Properties.Get(QubeProperties.Maxmem));
        if (most <= memory || context.Extensions.All<IMemoryBroker>().Count == 0)
            return 0;
        return IsMaxmemChosen(qube) ? most : (int)Math.Min(most, memory * (qube.Class == QubeClass.DispVM ? 2L : 3L));
    }

    private static bool IsMaxmemChosen(Qube qube)
    {
        for (var at = qube; at is not null; at = at.Template)
        {
            if (!at.Properties.IsDefault(QubeProperties.Maxmem.Name))
                return true;
        }
        return false;
    }
}
