namespace Qubes.Plugins.FileConversion.Tests.Running;

/// <summary>A directory that is gone after the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("qubes-convert-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A directory for <c>PATH</c> with nothing but links to these programs.</summary>
    public string WithOnly(params string[] programs)
    {
        foreach (string program in programs)
            System.IO.File.CreateSymbolicLink(File(program), "/usr/bin/" + program);
        return Path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
