using System.Diagnostics;
using Qubes.Benchmarks.Disposables;

namespace Qubes.Benchmarks.Calls;

/// <summary>A shell that runs in a qube all the time: the shortest way to have the guest start a process and to hear that it did.</summary>
internal sealed class GuestShell : IAsyncDisposable
{
    private readonly Process process;

    public GuestShell(BenchQubes qubes, string qube) => process = qubes.Daemon.Tool("qvm-run", "-p", qube, "exec bash").Start();

    /// <summary>Runs one line and returns what it prints last.</summary>
    public async Task<string> RunAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
        return await process.StandardOutput.ReadLineAsync() ?? throw new EndOfStreamException("the shell in the qube has ended");
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
