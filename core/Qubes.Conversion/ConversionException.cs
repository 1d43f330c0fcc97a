namespace Qubes.Conversion;

/// <summary>One file was not converted; the message says why in one line. Other files go on.</summary>
public sealed class ConversionException(string message, int? status = null, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The service's exit status, if that is what says why.</summary>
    public int? Status => status;
}
