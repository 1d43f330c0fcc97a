namespace Qubes.Kernel.Scripts.Files;

/// <summary>A script's place.</summary>
/// <param name="Name">Of its file, without the ending.</param>
/// <param name="Path">Absolute.</param>
/// <param name="Use">Whether it is to be active.</param>
internal sealed record ScriptFile(string Name, string Path, ScriptUse Use);

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
