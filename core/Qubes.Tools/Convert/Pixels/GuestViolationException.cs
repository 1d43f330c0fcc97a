namespace Qubes.Tools.Convert.Pixels;

/// <summary>The guest sent what a converter never sends: its answer is thrown away and it is not asked for a reason.</summary>
internal sealed class GuestViolationException(string message) : Exception(message);
