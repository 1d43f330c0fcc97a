namespace Qubes.Convert.Guest;

/// <summary>A private directory (0700) for the one document of this call; removed at the end.</summary>
internal sealed class Workspace : IDisposable
{
    private const string TemporaryVariable = "TMPDIR";

    private Workspace(string directory) => Directory = directory;

    public string Directory { get; }

    /// <summary>The document as it came in.</summary>
    public string InputFile => Path.Combine(Directory, "input");

    /// <summary>
    /// Makes it below <c>TMPDIR</c>, else <c>/var/tmp</c>: in a guest <c>/tmp</c> is memory, which a large document and
    /// the spill files of the tools (which inherit the variable) should not take.
    /// </summary>
    public static Workspace Create()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(TemporaryVariable)) && System.IO.Directory.Exists("/var/tmp"))
            Environment.SetEnvironmentVariable(TemporaryVariable, "/var/tmp");
        return new Workspace(System.IO.Directory.CreateTempSubdirectory("qubes-convert-").FullName);
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
