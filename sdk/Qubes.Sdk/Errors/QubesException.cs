namespace Qubes.Sdk.Errors;

/// <summary>
/// A refusal that a caller is meant to see: one line that says what was refused, why, and what would be accepted.
/// Everything else that is thrown is a defect and is logged, not shown.
/// </summary>
public class QubesException : Exception
{
    /// <summary>The class name Admin API clients see, e.g. <c>QubesVMNotFoundError</c>.</summary>
    public string WireName { get; }

    /// <summary>A refusal of the general class <c>QubesException</c>.</summary>
    public QubesException(string message) : this("QubesException", message) { }

    /// <summary>A refusal of the general class <c>QubesException</c> with its cause.</summary>
    public QubesException(string message, Exception? cause) : this("QubesException", message, cause) { }

    internal QubesException(string wireName, string message, Exception? cause = null) : base(message, cause) =>
        WireName = wireName;
}
