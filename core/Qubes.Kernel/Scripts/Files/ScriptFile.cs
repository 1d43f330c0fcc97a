namespace Qubes.Kernel.Scripts.Files;

/// <summary>A script's place.</summary>
/// <param name="Name">Of its file, without the ending.</param>
/// <param name="Path">Absolute.</param>
/// <param name="Use">Whether it is to be active.</param>
internal sealed record ScriptFile(string Name, string Path, ScriptUse Use);
