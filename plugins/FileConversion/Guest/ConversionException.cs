namespace Qubes.Convert.Guest;

/// <summary>The file cannot be converted; the status is what the caller learns, the message goes to standard error.</summary>
internal sealed class ConversionException(ConversionStatus status, string message) : Exception(message)
{
    public ConversionStatus Status { get; } = status;
}
