using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Qubes.Daemon.Tests;

/// <summary>The real program on a root.</summary>
internal sealed partial class DaemonProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly StringBuilder logged = new();
    private readonly SemaphoreSlim line = new(0);
    private readonly Task error;

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
        error = ReadErrorAsync();
    }

    public int Id => process.Id;

    /// <summary>The next line on its output; null when it ended.</summary>
    public Task<string?> NextLine() => process.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    /// <summary>Returns when its log has the text.</summary>
    public async Task Logs(string text)
    {
        while (!Error().Contains(text, StringComparison.Ordinal))
            Assert.True(await line.WaitAsync(Patience), $"it does not log '{text}': {Error()}");
    }

    public void Signal(int number) => Assert.Equal(0, Kill(process.Id, number));

    /// <summary>Waits for its end.</summary>
    public async Task<(int Code, string Output, string Error)> End()
    {
        var rest = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        await error;
        return (process.ExitCode, rest, Error());
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        await error;
        process.Dispose();
        line.Dispose();
    }

    private string Error()
    {
        lock (logged)
            return logged.ToString();
    }

    private async Task ReadErrorAsync()
    {
        while (await process.StandardError.ReadLineAsync() is { } next)
        {
            lock (logged)
                logged.Append(next).Append('\n');
            line.Release();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
