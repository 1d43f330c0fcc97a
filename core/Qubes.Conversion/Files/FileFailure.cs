namespace Qubes.Conversion.Files;

/// <summary>Says in words why a file could not be used; the runtime's own texts are left out of a compiled tool.</summary>
public static class FileFailure
{
    private const int NoSpace = 28;
    private const int ReadOnly = 30;
    private const int QuotaExceeded = 122;

    public static string Describe(Exception failure) => failure switch
    {
        UnauthorizedAccessException => "permission denied",
        DirectoryNotFoundException => "its directory does not exist",
        IOException { HResult: NoSpace } => "the disk is full",
        IOException { HResult: ReadOnly } => "the file system is read-only",
        IOException { HResult: QuotaExceeded } => "the disk quota is exceeded",
        _ => failure.Message,
    };
}
