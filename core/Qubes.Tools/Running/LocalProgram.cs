using System.Diagnostics;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Running;

/// <summary>
/// A local shell command whose standard input and output are connected to a call; it keeps our standard error.
/// </summary>
internal sealed class LocalProgram : IAsyncDisposable
{
    private readonly Process process;

    private LocalProgram(Process process) => this.process = process;

    /// <summary>What it writes.</summary>
    public Stream Output => this.process.StandardOutput.BaseStream;

    /// <summary>What it reads.</summary>
    public Stream Input => this.process.StandardInput.BaseStream;

    public static LocalProgram Start(string command)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new LocalProgram(Process.Start(start) ?? throw new ToolException("cannot start /bin/sh"));
    }

    /// <summary>Closes its input and waits for its end.</summary>
    public async Task<int> FinishAsync(CancellationToken cancellation)
    {
        await Input.DisposeAsync();
        await this.process.WaitForExitAsync(cancellation);
        return this.process.ExitCode;
    }

    public ValueTask DisposeAsync()
    {
        if (!this.process.HasExited)
            this.process.Kill(entireProcessTree: true);
        this.process.Dispose();
        return ValueTask.CompletedTask;
    }
}
