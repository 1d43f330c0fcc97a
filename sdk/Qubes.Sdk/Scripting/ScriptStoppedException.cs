namespace Qubes.Sdk.Scripting;

/// <summary>A script did not keep to its time or its memory. Thrown inside it; to catch it gains nothing: it is thrown again.</summary>
public sealed class ScriptStoppedException : Exception
{
    internal ScriptStoppedException(string message) : base(message) { }
}
