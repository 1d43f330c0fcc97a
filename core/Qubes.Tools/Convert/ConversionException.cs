namespace Qubes.Tools.Convert;

/// <summary>One file was not converted; the message says why in one line. Other files go on.</summary>
internal sealed class ConversionException(string message, int? status = null, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The service's exit status, if that is what says why.</summary>
    public int? Status => status;
}
