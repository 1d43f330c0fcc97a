using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Convert;

/// <summary>
/// A bench for <c>qvm-convert</c>: a daemon that hands out <c>disp1</c>, and in it a service that does what the test says,
/// all over real sockets.
/// </summary>
internal sealed class ConvertBench : IAsyncDisposable
{
    private readonly QrexecQube qube;

    public ConvertBench(Func<ServedCall, Task> serve)
    {
        Tools.Server.Ok("admin.vm.CreateDisposable+", "dom0", "disp1").Ok("admin.vm.Start+", "disp1").Ok("admin.vm.Kill+", "disp1");
        qube = new QrexecQube(Tools.Paths, "disp1", serve);
        Directory.CreateDirectory(Files);
    }

    public ToolBench Tools { get; } = new();

    /// <summary>A directory for documents and results.</summary>
    public string Files => Path.Combine(Tools.Root, "files");

    /// <summary>What was called in the qube.</summary>
    public IEnumerable<string> Calls => qube.Calls;

    public int Kills => Tools.Server.Requests.Count(request => request.StartsWith("admin.vm.Kill+ dom0 name disp1", StringComparison.Ordinal));

    /// <summary>Makes a document.</summary>
    public string Document(string name = "letter.pdf", string content = "a document")
    {
        string path = Path.Combine(Files, name);
        File.WriteAllText(path, content);
        return path;
    }

    public string Result(string name = "letter.trusted.pdf") => Path.Combine(Files, name);

    /// <summary>What is in the directory, by name.</summary>
    public IEnumerable<string> Listing => Directory.EnumerateFileSystemEntries(Files).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);

    public Task<ToolResult> ConvertAsync(params string[] arguments) => Tools.RunAsync("qvm-convert", arguments);

    public async ValueTask DisposeAsync()
    {
        await qube.DisposeAsync();
        await Tools.DisposeAsync();
    }
}
