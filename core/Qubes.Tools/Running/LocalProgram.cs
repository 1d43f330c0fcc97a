using System.Diagnostics;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Running;

/// <summary>
/// A local shell command whose standard input and output are connected to a call; it keeps our standard error.
/// </summary>
internal sealed class LocalProgram : IAsyncDisposable
{
    private readonly Process _process;

    private LocalProgram(Process process) => _process = process;

    /// <summary>What it writes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

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
        await _process.WaitForExitAsync(cancellation);
        return _process.ExitCode;
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        return ValueTask.CompletedTask;
    }
}
