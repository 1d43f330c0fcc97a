using System.Diagnostics;
using Qubes.Kernel.Store;

namespace Qubes.Kernel.Tests.Store;

/// <summary>A running <see cref="StateWriterProgram"/>; killed when disposed of.</summary>
internal sealed class StateWriterProcess : IAsyncDisposable
{
    private readonly Process process;

    private StateWriterProcess(Process process) => this.process = process;

    public int Id => process.Id;

    /// <summary>Starts it.</summary>
    /// <param name="file">The state file.</param>
    /// <param name="largestFile">How large a file it may write, in KiB.</param>
    public static StateWriterProcess Start(string file, int? largestFile = null)
    {
        var program = typeof(StateWriterProgram).Assembly.Location;
        // Beyond the limit a write fails as on a full disk, unless the signal ends the process first. The runtime itself
        // writes large files when it maps code twice.
        var limit = largestFile is null
            ? ""
            : $"trap '' XFSZ; ulimit -S -f {largestFile}; export DOTNET_EnableWriteXorExecute=0; ";
        return new(Process.Start(new ProcessStartInfo("/bin/bash", ["-c", limit + "exec dotnet \"$0\" \"$1\"", program, file])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);
    }

    /// <summary>Waits until it says what is expected of some turn; returns the turn.</summary>
    public async Task<int> ReadAsync(Func<string, int, bool> expected)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var said = line.Split(' ');
            if (said is [var word, var number] && expected(word, int.Parse(number)))
                return int.Parse(number);
        }
        throw new InvalidOperationException("The writer ended.");
    }

    /// <summary>Kills it in the middle of what it does; returns the last turn it said was saved, or zero.</summary>
    public async Task<int> KillAsync()
    {
        process.Kill();
        var rest = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        // The last line may be cut short.
        var saved = rest[..(rest.LastIndexOf('\n') + 1)].Split('\n')
            .LastOrDefault(line => line.StartsWith("saved ", StringComparison.Ordinal));
        return saved is null ? 0 : int.Parse(saved["saved ".Length..]);
    }

    /// <summary>Lets it end by itself.</summary>
    public async Task EndAsync()
    {
        process.StandardInput.Close();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
    }
}
