namespace Qubes.Kernel.Domains.Properties;

/// <summary>Who may set a property.</summary>
internal enum SetRule
{
    /// <summary>Stored when set, computed when not.</summary>
    Free,

    /// <summary>Always computed; reported as default.</summary>
    Computed,

    /// <summary>Fixed at creation; reported as explicit.</summary>
    Identity,
}
