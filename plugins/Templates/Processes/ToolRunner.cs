using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Qubes.Plugins.Templates.Processes;

/// <summary>Runs programs one build step needs, each inside <see cref="Containment"/>.</summary>
internal static class ToolRunner
{
    private static readonly string[] _passedOn = ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy"];

    /// <summary>
    /// Runs to the end and returns what it wrote to standard output. Cancelled, it is killed with every process it started,
    /// and gone when this returns.
    /// </summary>
    /// <exception cref="ToolFailedException">It cannot be started, or ends with a status other than 0.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(ToolCommand command, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        using var process = new Process { StartInfo = StartInfo(command) };
        var record = new ToolRecord(command.OnLine);
        var (started, ended) = StartOnThreadOfItsOwn(process, command.Program);
        await started;
        await using (cancel.UnsafeRegister(static p => ((Process)p!).Kill(), process))
        {
            // The pipes end when the last process that holds them does, so nothing of the tool runs after this.
            await Task.WhenAll(
                ToolOutput.ReadAsync(process.StandardOutput, record.Output),
                ToolOutput.ReadAsync(process.StandardError, record.Error));
            await ended;
        }
        cancel.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
            throw new ToolFailedException($"{command.Program} ended with status {process.ExitCode}: {record.LastWords}");
        return record.Lines;
    }

    // The kernel ties a child to the thread that forked it, and pool threads come and go.
    private static (Task Started, Task Ended) StartOnThreadOfItsOwn(Process process, string program)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                process.Start();
                process.StandardInput.Close();
            }
            catch (Exception e) when (e is Win32Exception or IOException)
            {
                started.SetException(new ToolFailedException($"{program} cannot be started with {Containment.Program}: {e.Message}", e));
                return;
            }
            started.SetResult();
            process.WaitForExit();
            ended.SetResult();
        })
        { IsBackground = true, Name = "template tool " + program };
        thread.UnsafeStart();
        return (started.Task, ended.Task);
    }

    private static ProcessStartInfo StartInfo(ToolCommand command)
    {
        var info = new ProcessStartInfo(Containment.Program)
        {
            WorkingDirectory = command.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var argument in (string[])[.. Containment.Arguments, command.Program, .. command.Arguments])
            info.ArgumentList.Add(argument);
        var environment = _passedOn.Select(name => (name, value: Environment.GetEnvironmentVariable(name))).ToList();
        info.Environment.Clear();
        foreach (var (name, value) in environment.Where(v => v.value is not null))
            info.Environment[name] = value;
        info.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        info.Environment["LC_ALL"] = "C.UTF-8";
        info.Environment["HOME"] = "/root";
        info.Environment["TMPDIR"] = command.WorkingDirectory;
        info.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        return info;
    }
}
