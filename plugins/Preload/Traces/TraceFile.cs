using System.Globalization;
using System.Threading.Channels;

namespace Qubes.Plugins.Preload.Traces;

// trace  = header *request [ end ]
// header = "qubes-preload-trace 1 " date "T" time ( "+" | "-" ) hh ":" mm LF    ; when it was begun, by the host's clock
// request = ms SP template LF                                                   ; milliseconds since then, not decreasing
// end    = ms SP "." LF                                                         ; when it was stopped: no template has that name
/// <summary>Writes a trace: its owner's alone, of bounded size, off the kernel loop.</summary>
internal sealed class TraceFile : IAsyncDisposable
{
    /// <summary>Requests that one may have.</summary>
    public const int Most = 100_000;

    public const string Header = "qubes-preload-trace 1 ";

    private const int MostUnwritten = 4096;

    private readonly Channel<string> lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MostUnwritten) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly int most;
    private readonly Task writing;

    private TraceFile(FileStream file, string path, int most)
    {
        this.most = most;
        Path = path;
        writing = Task.Run(() => WriteAsync(file));
    }

    public string Path { get; }

    public int Count { get; private set; }

    /// <summary>Why nothing more is recorded; null: it is.</summary>
    public string? WhyEnded { get; private set; }

    /// <summary>Makes one in the place of an older one.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static TraceFile Create(string path, DateTimeOffset begun, int most = Most)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        // A new one, so that mode and owner are ours whatever was there.
        File.Delete(path);
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        var trace = new TraceFile(file, path, most);
        trace.lines.Writer.TryWrite(Header + begun.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture));
        return trace;
    }

    /// <summary>A disposable of that template was wanted.</summary>
    public void Add(TimeSpan since, string template)
    {
        if (WhyEnded is not null)
            return;
        if (writing.IsCompleted)
            WhyEnded = "the file could not be written";
        else if (Count == most)
            WhyEnded = $"it has {most} requests";
        else if (!lines.Writer.TryWrite(Line(since, template)))
            WhyEnded = "the disk was too slow";
        else
            Count++;
    }

    /// <summary>Ends it, and returns when all of it is written.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public async Task EndAsync(TimeSpan since)
    {
        if (WhyEnded is null)
            lines.Writer.TryWrite(Line(since, "."));
        WhyEnded ??= "it was stopped";
        lines.Writer.TryComplete();
        await writing;
    }

    public async ValueTask DisposeAsync()
    {
        lines.Writer.TryComplete();
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static string Line(TimeSpan since, string template) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)Math.Max(0, since.TotalMilliseconds)} {template}");

    private async Task WriteAsync(FileStream file)
    {
        await using var _ = file;
        await using var text = new StreamWriter(file) { NewLine = "\n" };
        while (await lines.Reader.WaitToReadAsync())
        {
            while (lines.Reader.TryRead(out var line))
                await text.WriteLineAsync(line);
            await text.FlushAsync();
        }
    }
}
