namespace Qubes.Tools.Convert.Pixels;

/// <summary>The answer ended before it was complete; the exit status, if one comes, says why.</summary>
internal sealed class AnswerCutShortException(string message) : Exception(message);
