namespace Qubes.Kernel.Scripts.Compiling;

/// <summary>A script's code.</summary>
/// <param name="Assembly">The assembly.</param>
/// <param name="Symbols">Where in the text its parts come from: a portable PDB.</param>
internal sealed record CompiledScript(byte[] Assembly, byte[] Symbols);
