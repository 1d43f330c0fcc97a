namespace Qubes.Kernel.Startup;

/// <summary>What the daemon's command line decides for the kernel.</summary>
/// <param name="Hypervisor">The <c>Name</c> of the driver that machines are made with, e.g. <c>qemu</c>.</param>
internal sealed record KernelOptions(string Hypervisor);
