using Microsoft.Extensions.Logging;
using Qubes.Machine.Launcher;
using Qubes.Plugins.Qemu.Arguments;
using Qubes.Plugins.Qemu.Machines;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qemu.Accelerators;

/// <summary>
/// Boots a kernel on KVM with nothing to run. One that works panics for want of a root file system, says so on its console, and
/// ends the machine; anything else means that KVM is of no use.
/// </summary>
internal sealed class KvmProbe(
    QemuOptions options, QubesPaths paths, IdentityChoice identities, MachineIds ids, TimeProvider time, ILogger logger)
{
    private const int ConsoleLimit = 64 * 1024;
    private const int MemoryMiB = 256;

    /// <summary>Where probes have their directories.</summary>
    public static string Parent(QubesPaths paths) => paths.Runtime + "/probes";

    /// <summary>Null: it works. Else why it counts as broken.</summary>
    public async Task<string?> WhyNotAsync(string kernel, CancellationToken cancel)
    {
        var id = ids.Next();
        var place = new MachineFiles(Parent(paths), $"probe-{id}");
        var console = place.Directory + "/console.log";
        var boot = new BootPlan(options, Plan(kernel), place, console, time)
        {
            Id = id,
            ExpectsAgent = false,
            Timeout = options.ProbeTimeout,
            Identity = identities.For(id, Accelerator.Kvm),
            Logger = logger,
        };
        using var timeout = new CancellationTokenSource(options.ProbeTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            var (process, _) = await boot.LaunchAsync(_ => { }, both.Token).ConfigureAwait(false);
            await using (process.ConfigureAwait(false))
            {
                try
                {
                    await process.ExecuteAsync("cont", null, both.Token).ConfigureAwait(false);
                    await process.Gone.WaitAsync(both.Token).ConfigureAwait(false);
                }
                finally
                {
                    await process.EndAsync().ConfigureAwait(false);
                }
            }
            return SaysPanic(console) ? null : "it ended before the kernel was up";
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"not up within {options.ProbeTimeout.TotalSeconds} s";
        }
        catch (QubeException e)
        {
            return e.Message;
        }
        finally
        {
            place.Remove();
        }
    }

    private static MachinePlan Plan(string kernel) => new()
    {
        Name = "kvm-probe",
        Uuid = Guid.NewGuid(),
        Accelerator = Accelerator.Kvm,
        MemoryMiB = MemoryMiB,
        Vcpus = 1,
        Kernel = kernel,
        Initramfs = null,
        CommandLine = "console=ttyS0 panic=-1 reboot=t quiet",
        Volumes = [],
    };

    private static bool SaysPanic(string console)
    {
        using var file = File.OpenRead(console);
        var text = new byte[ConsoleLimit];
        var length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        return text.AsSpan(0, length).IndexOf("Kernel panic"u8) >= 0;
    }
}
