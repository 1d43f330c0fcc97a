using System.Diagnostics;

namespace Qubes.Client.Tests.Calling;

/// <summary>A real qrexec-client-vm. The environment's QUBES_CLIENT names a published one to test instead of the built one.</summary>
internal sealed class ClientProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly Process process;

    private ClientProcess(Process process) => this.process = process;

    /// <summary>The published program, or null.</summary>
    public static string? Published { get; } = Environment.GetEnvironmentVariable("QUBES_CLIENT") ?? InTree();

    public static string[] Command => Environment.GetEnvironmentVariable("QUBES_CLIENT") is { } published
        ? [published]
        : ["dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "qrexec-client-vm.dll")];

    public Stream Input => process.StandardInput.BaseStream;

    public Stream Output => process.StandardOutput.BaseStream;

    public Stream Error => process.StandardError.BaseStream;

    public static ClientProcess Start(PlainAgent agent, params string[] arguments) =>
        Run(agent, [.. Command, "-a", agent.SocketPath, .. arguments]);

    public static ClientProcess StartPublished(PlainAgent agent, params string[] arguments) =>
        Run(agent, [Published!, "-a", agent.SocketPath, .. arguments]);

    /// <summary>Runs a shell script that finds the client's command line as its arguments.</summary>
    public static ClientProcess StartShell(PlainAgent agent, string script, params string[] arguments) =>
        Run(agent, ["/bin/bash", "-c", script, "bash", .. Command, "-a", agent.SocketPath, .. arguments]);

    public static ClientProcess Run(PlainAgent agent, string[] command, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["VCHAN_SOCKET_DIR"] = agent.Directory;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        if (environment.Length > 0)
            start.Environment.Remove("VCHAN_SOCKET_DIR");
        return new ClientProcess(Process.Start(start)!);
    }

    public async Task<int> ExitAsync()
    {
        await process.WaitForExitAsync().WaitAsync(Limit);
        return process.ExitCode;
    }

    public async Task<string> ReadOutputAsync() => await process.StandardOutput.ReadToEndAsync().WaitAsync(Limit);

    public async Task<string> ReadErrorAsync() => await process.StandardError.ReadToEndAsync().WaitAsync(Limit);

    private static string? InTree()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (folder.Name == "out" && Path.Combine(folder.FullName, "lib/qubes/guest/qrexec-client-vm") is var path && File.Exists(path))
                return path;
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(true);
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
