namespace Qubes.Convert.Guest.Calls;

/// <summary>One of the services this program offers.</summary>
internal interface IConversionService
{
    /// <summary>Reads the request to end of file and writes the answer.</summary>
    /// <exception cref="ConversionException">The file cannot be converted.</exception>
    void Convert(Stream input, Stream output, Workspace workspace);

    /// <summary>The process's exit status for a failure, in this service's own numbers.</summary>
    int ExitStatus(ConversionStatus failure);
}
