namespace Qubes.Kernel.Startup;

/// <summary>
/// The kernel's part in the daemon's start and end. Each method is called once, off the kernel loop, in this order: load,
/// then plugins are loaded, attach, then their services start; at the end their services stop, plugins end, stop.
/// </summary>
internal interface IKernelStartup
{
    /// <summary>Reads the state, or makes that of a new system.</summary>
    /// <exception cref="Sdk.Errors.QubesException">The state cannot be used; the daemon does not start.</exception>
    Task LoadAsync(CancellationToken cancel);

    /// <summary>Plugins are loaded: opens pools and takes over machines that an earlier daemon left running.</summary>
    Task AttachAsync(CancellationToken cancel);

    /// <summary>Ends the kernel's own work; machines go on running. Completes also when <see cref="LoadAsync"/> failed.</summary>
    Task StopAsync();
}
