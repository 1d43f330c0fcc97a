using System.Text;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Tests.Bench;

/// <summary>Runs applets in this process against an <see cref="AdminServer"/> below a directory of their own.</summary>
internal sealed class ToolBench : IAsyncDisposable
{
    private AdminServer? server;

    public string Root { get; } = Directory.CreateTempSubdirectory("qubes-tools-").FullName;

    public ToolPaths Paths => new(Root, null);

    /// <summary>Started when first asked for.</summary>
    public AdminServer Server => server ??= new AdminServer(Paths.AdminSocket);

    public string Input { get; set; } = "";

    public bool Terminal { get; set; }

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    public CancellationToken Cancellation { get; set; }

    /// <summary>Makes a session as a run would have, for tests of parts.</summary>
    public Session Session(string name = "test") => new(name, Console(new MemoryStream(), new MemoryStream()), Paths, Clock);

    public Task<ToolResult> RunAsync(string applet, params string[] arguments) =>
        RunAsync(AppletRegistry.Make(applet), arguments);

    public async Task<ToolResult> RunAsync(Applet applet, params string[] arguments)
    {
        var output = new MemoryStream();
        var errors = new MemoryStream();
        await using var session = new Session(applet.Name, Console(output, errors), Paths, Clock);
        var code = await AppletRunner.RunAsync(applet, arguments, session, Cancellation);
        await session.Console.FlushAsync();
        return new ToolResult(code, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(errors.ToArray()));
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }

    private ToolConsole Console(Stream output, Stream errors) =>
        new(new MemoryStream(Encoding.UTF8.GetBytes(Input)), output, errors, Terminal);
}
