using Qubes.Conversion.Pixels;

namespace Qubes.Conversion.Files;

/// <summary>Opens a file to convert; what cannot be converted is refused here, before a disposable is spent on it.</summary>
public static class InputFile
{
    /// <exception cref="ConversionException">Missing, no regular file, empty, too large, or not readable.</exception>
    public static FileStream Open(string path)
    {
        if (Directory.Exists(path))
            throw new ConversionException("is a directory; a file is accepted");
        var info = new FileInfo(path);
        if (!info.Exists)
            throw new ConversionException("no such file");
        // Also what pipes and devices have; opening one of these could wait for ever.
        if (info.Length == 0)
            throw new ConversionException("is empty or no regular file; a document of at least one byte is accepted");
        if (info.Length > WireLimits.InputBytes)
            throw new ConversionException(
                $"has {info.Length >> 20} MiB; at most {WireLimits.InputBytes >> 20} MiB are accepted");
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConversionException($"cannot be read: {FileFailure.Describe(failure)}", cause: failure);
        }
    }
}
