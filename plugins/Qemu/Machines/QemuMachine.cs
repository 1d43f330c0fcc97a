using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qemu.Arguments;
using Qubes.Plugins.Qemu.Processes;
using Qubes.Plugins.Qemu.Qmp;
using Qubes.Plugins.Qemu.Text;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Qemu.Machines;

/// <summary>
/// A machine over one QEMU at a time. Its state follows QEMU's events, which come on one task, one by one, before the answer of
/// the command that caused them: whoever awaited <see cref="PauseAsync"/> finds it paused.
/// </summary>
internal sealed partial class QemuMachine : IMachine
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile MachineFiles place;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly BootPlan? boot;
    private MachineRecord record = null!; // both are set before anyone sees the machine
    private QemuProcess process = null!;
    private Task watching = Task.CompletedTask;
    private volatile bool isLetGo;
    private volatile bool isKilled;
    private string? shutdownReason;
    private volatile MachineState state;

    private QemuMachine(MachineFiles place, BootPlan? boot, TimeProvider time, ILogger logger)
    {
        this.place = place;
        this.boot = boot;
        this.time = time;
        this.logger = logger;
    }

    /// <inheritdoc/>
    public event Action<IMachine, MachineState>? StateChanged;

    /// <inheritdoc/>
    public Guid QubeUuid => record.Uuid;

    /// <inheritdoc/>
    public int Id => record.Id;

    /// <inheritdoc/>
    public DateTimeOffset StartTime => record.StartTime;

    /// <inheritdoc/>
    public MachineState State => state;

    /// <inheritdoc/>
    public Task Ended => ended.Task;

    /// <inheritdoc/>
    public string AgentSocketPath => place.Agent;

    /// <inheritdoc/>
    public bool IsClone => record.IsClone;

    /// <inheritdoc/>
    public Task PauseAsync(CancellationToken cancel) => CommandAsync("stop", cancel);

    /// <inheritdoc/>
    public Task ResumeAsync(CancellationToken cancel) => CommandAsync("cont", cancel);

    /// <inheritdoc/>
    public async Task KillAsync(CancellationToken cancel)
    {
        isKilled = true;
        await replacing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (!ended.Task.IsCompleted)
                await process.EndAsync().ConfigureAwait(false);
        }
        finally
        {
            replacing.Release();
        }
        await ended.Task.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        isLetGo = true;
        await process.DisposeAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
        boot?.Dispose();
    }

    /// <inheritdoc/>
    /// <remarks>QEMU grows the overlay, or the file, that it has open, and tells the guest's driver.</remarks>
    public async Task ResizeDiskAsync(Volume volume, long size, CancellationToken cancel)
    {
        if (DiskGraph.NodeOf(record.Disks, volume.Name) is { } node)
        {
            var arguments = new JsonObject { ["node-name"] = node, ["size"] = DiskGraph.WholeSectors(size) };
            await CommandAsync("block_resize", cancel, arguments).ConfigureAwait(false);
        }
    }

    private async Task<System.Text.Json.JsonElement> CommandAsync(
        string command, CancellationToken cancel, JsonObject? arguments = null)
    {
        using var timeout = new CancellationTokenSource(AnswerTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            return await process.ExecuteAsync(command, arguments, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new QubeException($"Machine {record.Name} does not answer");
        }
    }

    private void Handle(QmpMessage.Event e)
    {
        switch (e.Name)
        {
            case "STOP" when state == MachineState.Running && shutdownReason is null:
                Change(MachineState.Paused);
                break;
            case "RESUME":
                Change(MachineState.Running);
                break;
            case "SHUTDOWN":
                shutdownReason = e.Text("reason") ?? "unknown";
                break;
            case "GUEST_PANICKED":
                shutdownReason = "guest-panic";
                break;
            case "MIGRATION" when e.Text("status") is "completed" or "failed":
                migrated.TrySetResult(e.Text("status") == "completed");
                break;
            case "VSERPORT_CHANGE" when e.Text("id") == MachinePlan.AgentPort && e.Is("open"):
                agentOpened.TrySetResult();
                break;
            default:
                break; // of no interest here
        }
    }

    /// <summary>Follows one process to its end. A process that was replaced, or let go, is not the machine's end.</summary>
    private async Task WatchAsync(QemuProcess watched)
    {
        var isGone = await watched.Gone.ConfigureAwait(false);
        if (!isGone || isLetGo || isReplacing)
            return;
        if (freezing is { } unfinished)
            await unfinished.Task.ConfigureAwait(false);
        boot?.Dispose();
        try
        {
            place.Remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotCleaned(logger, record.Name, e.Message); // the next start of the qube, or of the daemon, tries again
        }
        var how = shutdownReason ?? (isKilled ? "killed" : watched.Fault ?? $"died {watched.LastWords}".TrimEnd());
        var isClean = isKilled || shutdownReason is not (null or "guest-panic" or "host-error" or "unknown");
        Log.Ended(logger, record.Name, Id, GuestText.Escape(how));
        Change(isClean ? MachineState.Stopped : MachineState.Crashed);
        ended.TrySetResult();
    }

    private void Change(MachineState next)
    {
        if (next == state)
            return;
        state = next;
        foreach (var listener in StateChanged?.GetInvocationList() ?? [])
        {
            try
            {
                ((Action<IMachine, MachineState>)listener)(this, next);
            }
            catch (Exception e) when (e is not UnreachableException)
            {
                Log.ListenerFailed(logger, e, record.Name); // whatever a listener throws is its own affair
            }
        }
    }
}
