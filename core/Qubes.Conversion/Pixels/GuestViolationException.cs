namespace Qubes.Conversion.Pixels;

/// <summary>The guest sent what a converter never sends: its answer is thrown away and it is not asked for a reason.</summary>
public sealed class GuestViolationException(string message) : Exception(message);
