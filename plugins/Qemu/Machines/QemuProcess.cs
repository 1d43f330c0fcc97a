using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qubes.Plugins.Qemu.Arguments;
using Qubes.Plugins.Qemu.Consoles;
using Qubes.Plugins.Qemu.Launching;
using Qubes.Plugins.Qemu.Processes;
using Qubes.Plugins.Qemu.Qmp;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Machines;

/// <summary>
/// One running QEMU and the connections to it. A QEMU whose control connection ends is not under control, and is ended: by then
/// it nearly always has ended by itself.
/// </summary>
internal sealed class QemuProcess : IAsyncDisposable
{
    private readonly ProcessHandle handle;
    private readonly LaunchedProcess? launched;
    private QmpConnection? qmp;
    private volatile ConsoleLog? console;
    private volatile bool isLetGo;

    private QemuProcess(ProcessHandle handle, int pid, LaunchedProcess? launched)
    {
        this.handle = handle;
        this.launched = launched;
        Pid = pid;
    }

    public int Pid { get; }

    /// <summary>Completes when the process has ended; stays open when it was let go before. Never faults.</summary>
    public Task<bool> Gone { get; private set; } = Task.FromResult(false);

    /// <summary>Why the control connection broke, if it was QEMU's fault.</summary>
    public string? Fault => qmp?.Fault;

    /// <summary>What QEMU said last on standard error.</summary>
    public string LastWords => launched?.Errors.LastLine() ?? "";

    /// <summary>Launches QEMU with its processors stopped.</summary>
    /// <param name="launcher">The machine launcher.</param>
    /// <param name="description">What it is told.</param>
    /// <param name="place">The machine's files; the directory exists.</param>
    /// <param name="consolePath">Where the console is logged; null: nowhere yet.</param>
    /// <param name="record">Called with the pid before QEMU runs.</param>
    /// <param name="onEvent">QEMU's events.</param>
    /// <param name="cancel">Ends what was begun.</param>
    /// <exception cref="QubeException">Launcher or QEMU refuses, with its own words.</exception>
    public static async Task<QemuProcess> LaunchAsync(
        string launcher,
        Qubes.Machine.Launcher.LaunchDescription description,
        MachineFiles place,
        string? consolePath,
        Action<int> record,
        Action<QmpMessage.Event> onEvent,
        CancellationToken cancel)
    {
        var launched = await LaunchedProcess.PrepareAsync(launcher, description, cancel).ConfigureAwait(false);
        QemuProcess? process = null;
        try
        {
            var handle = ProcessHandle.TryOpen(launched.Pid) ?? throw new QubeException("The machine launcher ended early");
            process = new QemuProcess(handle, launched.Pid, launched);
            record(launched.Pid);
            await launched.GoAsync(cancel).ConfigureAwait(false);
            await process.ConnectAsync(place, consolePath, onEvent, cancel).ConfigureAwait(false);
            return process;
        }
        catch
        {
            if (process is not null)
            {
                await process.EndAsync().ConfigureAwait(false);
                await launched.Errors.Finished.ConfigureAwait(false);
                await process.DisposeAsync().ConfigureAwait(false);
            }
            await launched.DisposeAsync().ConfigureAwait(false);
            var words = launched.Errors.LastLine();
            if (words.Length > 0)
                throw new QubeException($"QEMU does not start: {words}");
            throw;
        }
    }

    /// <summary>Connects to a QEMU that an earlier daemon launched.</summary>
    /// <exception cref="QubeException">It has ended or does not answer.</exception>
    public static async Task<QemuProcess> AttachAsync(
        int pid, MachineFiles place, string consolePath, Action<QmpMessage.Event> onEvent, CancellationToken cancel)
    {
        var handle = ProcessHandle.TryOpen(pid) ?? throw new QubeException("The machine has ended");
        var process = new QemuProcess(handle, pid, launched: null);
        try
        {
            await process.ConnectAsync(place, consolePath, onEvent, cancel).ConfigureAwait(false);
            return process;
        }
        catch
        {
            await process.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs a QMP command.</summary>
    /// <exception cref="QubeException">QEMU refuses it, or has ended.</exception>
    public Task<JsonElement> ExecuteAsync(string command, JsonObject? arguments, CancellationToken cancel) =>
        qmp!.ExecuteAsync(command, arguments, cancel);

    /// <summary>Gives QEMU an open file under a name (QMP <c>getfd</c>).</summary>
    /// <exception cref="QubeException">QEMU refuses it, or has ended.</exception>
    public Task GiveAsync(string name, SafeHandle file, CancellationToken cancel) =>
        qmp!.ExecuteAsync("getfd", new JsonObject { ["fdname"] = name }, file, cancel);

    /// <summary>Begins to log the console of a process that was launched without.</summary>
    /// <exception cref="QubeException">It has ended.</exception>
    public async Task LogConsoleAsync(MachineFiles place, string consolePath, CancellationToken cancel)
    {
        try
        {
            console = await ConsoleLog.OpenAsync(place.Console, consolePath, cancel).ConfigureAwait(false);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new QubeException($"QEMU does not answer at {place.Console}: {e.Message}");
        }
    }

    /// <summary>Ends it by force and waits until it is gone.</summary>
    public async Task EndAsync()
    {
        handle.Kill();
        await handle.WaitAsync().ConfigureAwait(false);
    }

    /// <summary>Lets go of it; it runs on if it runs.</summary>
    public async ValueTask DisposeAsync()
    {
        isLetGo = true;
        if (qmp is not null)
            await qmp.DisposeAsync().ConfigureAwait(false);
        await Gone.ConfigureAwait(false);
        if (console is not null)
            await console.DisposeAsync().ConfigureAwait(false);
        if (launched is not null)
            await launched.DisposeAsync().ConfigureAwait(false);
        handle.Dispose();
    }

    private async Task ConnectAsync(
        MachineFiles place, string? consolePath, Action<QmpMessage.Event> onEvent, CancellationToken cancel)
    {
        qmp = await QmpConnection.ConnectAsync(place.Control, onEvent, cancel).ConfigureAwait(false);
        if (consolePath is not null)
            await LogConsoleAsync(place, consolePath, cancel).ConfigureAwait(false);
        Gone = WatchAsync(qmp);
    }

    /// <summary>True: it has ended. False: it was let go.</summary>
    private async Task<bool> WatchAsync(QmpConnection control)
    {
        await control.Closed.ConfigureAwait(false);
        if (isLetGo)
            return false;
        await EndAsync().ConfigureAwait(false);
        if (console is not null)
            await console.Finished.ConfigureAwait(false);
        return true;
    }
}
