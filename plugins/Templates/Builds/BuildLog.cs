using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Templates.Builds;

/// <summary>
/// The log of one build, <c>template-NAME.log</c>: what the tools wrote, at most 4 MiB. Each build overwrites it; while two
/// builds of one name run, the second has none.
/// </summary>
internal sealed class BuildLog : IDisposable
{
    private const long Limit = 4 << 20;

    private readonly Lock _gate = new();
    private readonly StreamWriter? _writer;
    private long _written;

    private BuildLog(string path, StreamWriter? writer) => (Path, _writer) = (path, writer);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Opens it.</summary>
    public static BuildLog Open(QubesPaths paths, string template)
    {
        Directory.CreateDirectory(paths.Logs);
        var path = System.IO.Path.Combine(paths.Logs, $"template-{template}.log");
        try
        {
            // FileShare.None is a lock among builds, not one against those who read with other tools.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            file.SetLength(0);
            return new BuildLog(path, new StreamWriter(file) { AutoFlush = true });
        }
        catch (IOException)
        {
            return new BuildLog(path, null);
        }
    }

    /// <summary>Adds a line. For any thread.</summary>
    public void Write(string line)
    {
        var text = Printable.Of(line);
        lock (_gate)
        {
            if (_written > Limit)
                return;
            _written += text.Length + 1;
            _writer?.WriteLine(_written > Limit ? "(more was written; the log ends here)" : text);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _writer?.Dispose();
            _written = Limit + 1;
        }
    }
}
