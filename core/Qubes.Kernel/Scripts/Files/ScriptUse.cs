namespace Qubes.Kernel.Scripts.Files;

/// <summary>What is to be made of a script's file.</summary>
internal enum ScriptUse
{
    /// <summary>It is to be active.</summary>
    Enabled,

    /// <summary>It ships, and waits to be enabled.</summary>
    Offered,

    /// <summary>It ships, and the administrator has another one of its name.</summary>
    Superseded,
}
