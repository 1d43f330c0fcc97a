using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qemu.Arguments;
using Qubes.Plugins.Qemu.Processes;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qemu.Machines;

/// <summary>
/// Goes through what an earlier daemon left. A machine is taken over when its record is whole, says that the guest came up, and
/// names a living process with the same start, user and program; and when that process answers with the recorded UUID. What
/// fails later than at the process's identity is ended; a process whose identity does not match is not touched. Then the
/// directory goes. A process without a record cannot be: the launcher runs QEMU only after the record is written, and ends
/// with the daemon before that.
/// </summary>
internal sealed class MachineAdoption(QubesPaths paths, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The machines taken over; everything else below the directory is cleaned away.</summary>
    public async Task<IReadOnlyList<IMachine>> RunAsync(string parent, CancellationToken cancel)
    {
        var adopted = new List<IMachine>();
        if (!Directory.Exists(parent))
            return adopted;
        foreach (var name in Directory.EnumerateFileSystemEntries(parent).Select(path => Path.GetFileName(path)).ToArray())
        {
            if (await AdoptAsync(parent, name, cancel).ConfigureAwait(false) is { } machine)
                adopted.Add(machine);
        }
        return adopted;
    }

    private async Task<IMachine?> AdoptAsync(string parent, string name, CancellationToken cancel)
    {
        MachineFiles place;
        try
        {
            place = new MachineFiles(parent, name);
        }
        catch (QubeException e)
        {
            Log.Cleaned(logger, Text.GuestText.Escape(name), e.Message);
            return null; // not ours: left alone
        }
        var record = MachineRecord.Read(place.Record);
        var why = WhyNot(record, name, out var isSameProcess);
        if (why is null)
        {
            try
            {
                return await TakeOverAsync(place, record!, cancel).ConfigureAwait(false);
            }
            catch (QubeException e)
            {
                why = e.Message;
            }
        }
        if (isSameProcess)
            await EndAsync(record!.Pid).ConfigureAwait(false);
        Log.Cleaned(logger, name, why);
        place.Remove();
        return null;
    }

    private static string? WhyNot(MachineRecord? record, string name, out bool isSameProcess)
    {
        isSameProcess = false;
        if (record is null)
            return "it has no record";
        if (record.Name != name && (record.IsBooted || record.Reserve != name))
            return "its record is another machine's";
        if (!record.IsAlive(out var facts))
            return "its process is gone";
        // Before the guest is up it may still be the launcher, which has another program and user.
        isSameProcess = !record.IsBooted
            || (facts!.User == record.User && (facts.Program is not { } program || program == record.Program));
        if (!isSameProcess)
            return "its process is not the one recorded";
        return record.IsBooted ? null : "its guest had not come up";
    }

    private async Task<IMachine> TakeOverAsync(MachineFiles place, MachineRecord record, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(AnswerTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            var machine = await QemuMachine.AdoptAsync(
                place, record, QemuDriver.ConsolePath(paths, record.Name), time, logger, both.Token).ConfigureAwait(false);
            Log.Adopted(logger, record.Name, record.Id, record.Pid, machine.State.ToString());
            return machine;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new QubeException("it does not answer");
        }
    }

    private static async Task EndAsync(int pid)
    {
        using var process = ProcessHandle.TryOpen(pid);
        if (process is null)
            return;
        process.Kill();
        await process.WaitAsync().ConfigureAwait(false);
    }
}
