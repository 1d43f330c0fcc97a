namespace Qubes.Plugins.Qemu.Accelerators;

/// <summary>How a guest's instructions are executed.</summary>
internal enum Accelerator
{
    /// <summary>By the processor.</summary>
    Kvm,

    /// <summary>By QEMU's translator.</summary>
    Tcg,
}

/// <summary>What the configuration asks for.</summary>
internal enum AcceleratorWish
{
    /// <summary>KVM where it boots a kernel, else TCG.</summary>
    Auto,

    /// <summary>KVM, or nothing.</summary>
    Kvm,

    /// <summary>TCG.</summary>
    Tcg,
}
