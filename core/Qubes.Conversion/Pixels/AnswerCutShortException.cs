namespace Qubes.Conversion.Pixels;

/// <summary>The answer ended before it was complete; the exit status, if one comes, says why.</summary>
public sealed class AnswerCutShortException(string message) : Exception(message);
