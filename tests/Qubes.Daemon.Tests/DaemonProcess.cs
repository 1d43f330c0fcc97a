using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Qubes.Daemon.Tests;

/// <summary>The real program on a root.</summary>
internal sealed partial class DaemonProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly Task<string> error;

    public DaemonProcess(TestRoot root, string[] args, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "qubesd"), args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["QUBES_ROOT"] = root.Path;
        start.Environment.Remove("JOURNAL_STREAM");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        process = Process.Start(start)!;
        error = process.StandardError.ReadToEndAsync();
    }

    public int Id => process.Id;

    /// <summary>The next line on its output; null when it ended.</summary>
    public Task<string?> NextLine() => process.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    public void Signal(int number) => Assert.Equal(0, Kill(process.Id, number));

    /// <summary>Waits for its end.</summary>
    public async Task<(int Code, string Output, string Error)> End()
    {
        var rest = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, rest, await error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
