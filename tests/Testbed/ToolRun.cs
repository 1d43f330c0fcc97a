using System.Diagnostics;

namespace Qubes.Testbed;

/// <summary>One run of a tool against a daemon.</summary>
public sealed class ToolRun(Daemon daemon, string name, string[] arguments)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Runs to the end with the given input, which may be larger than memory.</summary>
    public async Task<RunResult> RunAsync(Stream? input = null, Stream? output = null)
    {
        using var process = Start();
        var kept = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output ?? kept);
        var error = process.StandardError.ReadToEndAsync();
        var feeding = FeedAsync(process, input ?? Stream.Null);
        try
        {
            await Task.WhenAll(feeding, reading, error, process.WaitForExitAsync()).WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{name} {string.Join(' ', arguments)}' did not end; the daemon's log: {daemon.Log()}");
        }
        return new RunResult(process.ExitCode, kept.ToArray(), await error);
    }

    public Task<RunResult> RunAsync(byte[] input) => RunAsync(new MemoryStream(input));

    /// <summary>Starts it and leaves it to the caller.</summary>
    public Process Start()
    {
        var start = new ProcessStartInfo(Repository.Program(name), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["QUBES_ROOT"] = daemon.Root;
        return Process.Start(start)!;
    }

    private static async Task FeedAsync(Process process, Stream input)
    {
        try
        {
            await input.CopyToAsync(process.StandardInput.BaseStream, bufferSize: 1 << 18);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading everything; its exit code says whether that was right.
        }
    }
}
