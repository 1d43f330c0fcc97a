using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Rpc;

namespace Qubes.Plugins.Qrexec.HostServices;

/// <summary>A program that serves a call, as the daemon's user or, where the daemon is root, as the one that its configuration names.</summary>
internal sealed class ProgramService : IRunningService
{
    /// <summary>For a program to end by itself when its caller has gone; then it is killed, its children with it.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>For what it said last to be read when it has ended; its children may keep its standard error open for longer.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private readonly Process process;
    private readonly HostCall call;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Task logging;

    private ProgramService(Process process, HostCall call, TimeProvider time, ILogger logger)
    {
        (this.process, this.call, this.time, this.logger) = (process, call, time, logger);
        Ended = EndAsync();
        logging = ErrorLog.CopyAsync(process.StandardError.BaseStream, call, logger);
    }

    public Stream Input => process.StandardInput.BaseStream;

    public Stream Output => process.StandardOutput.BaseStream;

    public Stream? Error => null;

    public Task<int> Ended { get; }

    /// <summary>Starts it.</summary>
    /// <exception cref="ServiceException">It cannot be executed, or not as that user.</exception>
    public static ProgramService Start(
        string path, HostCall call, string? user, string root, TimeProvider time, ILogger<ProgramService> logger)
    {
        if (user is not null && !Environment.IsPrivilegedProcess)
            throw new ServiceException(ServiceException.Trouble, $"force-user is set for it, and the daemon, which is not root, cannot become {user}");
        try
        {
            Process process = Process.Start(StartInfo(path, call, user, root))
                ?? throw new ServiceException(ServiceException.Trouble, $"{path} was not started");
            return new ProgramService(process, call, time, logger);
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw new ServiceException(ServiceException.Trouble, $"{path} cannot be started: {e.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Input.DisposeAsync();
        await Output.DisposeAsync();
        try
        {
            await Ended.WaitAsync(Grace, time);
        }
        catch (TimeoutException)
        {
            Log.HostServiceKilled(logger, new(call.Descriptor.FullName), call.Source.Name, process.Id);
            await KillAsync();
        }
        await logging.WaitAsync(LastWords, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await process.StandardError.BaseStream.DisposeAsync();
        await logging;
        if (Ended.IsCompleted)
            process.Dispose();
    }

    private static ProcessStartInfo StartInfo(string path, HostCall call, string? user, string root)
    {
        var start = new ProcessStartInfo(path, ServiceEnvironment.CommandLine(path, call.Descriptor).Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
            UserName = user ?? "",
        };
        start.Environment.Clear();
        foreach (var (name, value) in ServiceEnvironment.Of(call.Descriptor))
            start.Environment[name] = value;
        start.Environment["PATH"] = SearchPath;
        start.Environment["LANG"] = "C.UTF-8";
        if (root.Length > 0)
            start.Environment["QUBES_ROOT"] = root;
        if (user is not null)
            (start.Environment["USER"], start.Environment["LOGNAME"]) = (user, user);
        return start;
    }

    private async Task<int> EndAsync()
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private async Task KillAsync()
    {
        try
        {
            process.Kill(entireProcessTree: true);
            await Ended.WaitAsync(Grace, time);
        }
        catch (Exception e) when (e is AggregateException or Win32Exception or InvalidOperationException or TimeoutException)
        {
            // It ended just now, or one of its children did, or the kernel does not let go of it.
            Log.HostServiceNotKilled(logger, e, new(call.Descriptor.FullName), call.Source.Name);
        }
    }
}
