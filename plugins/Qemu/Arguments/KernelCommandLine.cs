using System.Text;
using System.Text.RegularExpressions;
using Qubes.Plugins.Qemu.Accelerators;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qemu.Arguments;

/// <summary>The guest kernel's command line.</summary>
internal static partial class KernelCommandLine
{
    private const int MaximumLength = 2047; // COMMAND_LINE_SIZE on x86, less the zero

    // console        messages until the guest's own log takes over; the port is slow, so only the important ones ("quiet")
    // panic, reboot  a panic, or the agent's reboot, ends QEMU, which runs with -no-reboot: triple fault, the one way out that
    //                every kernel has
    // random         the processor's generator counts as entropy: the guest has been at the mercy of its host anyway
    // cryptomgr      no self-tests of the crypto code at boot: 0.22 s of 1.72 s under TCG
    private const string Always = "console=ttyS0 panic=-1 reboot=t random.trust_cpu=on cryptomgr.notests";

    // Why a boot could hang for ever, one virtual processor busy, before tsc_early_khz was set (found 2026-11 with Linux 6.1):
    //
    // A microvm has ACPI in its "hardware-reduced" form and so, for Linux, no legacy timer interrupt, no HPET and no PM timer.
    // Under TCG the kernel finds out the TSC's frequency by polling the PIT. When the host takes the processor away from QEMU
    // meanwhile, the readings disagree; after three tries: "tsc: Unable to calibrate against PIT", "No reference
    // (HPET/PMTIMER) available", and the TSC is given up. Next, calibrate_delay() counts loops between two timer ticks, and
    // there is no tick, nor will there be one: `while (ticks == jiffies);` with jiffies at its first value. (With lpj= it would
    // get as far as the calibration of the APIC timer, which waits for the same.)
    //
    // Measured on 2 shared processors with two busy loops beside: no option 25 of 30 boots hung, "tsc=unstable
    // no_timer_check" 10 of 10, every one of them in calibrate_delay after that message; tsc_early_khz 0 of 60. With the
    // frequency known nothing has to be measured: no poll, no loop. KVM tells its guests the frequency (kvm-clock).
    //
    // mitigations=off was tried for TCG, where it would take nothing away (translated code has neither the guest's page
    // tables nor its indirect branches): it gains nothing measurable, so it is left alone.
    //
    // tsc=reliable, with the processor's +arat: without them the kernel waits for another clock to check the TSC against, and for another
    // timer for the time in which the processor's own is said to sleep. A microvm has neither, so the tick goes on at 250 Hz on
    // every idle processor: 8 % of a host's processor for each idle guest of two. With both: some 15 a second, and hardly anything. The TSC
    // of a translated processor is the host's one clock and needs no check.
    private const string TscParameter = "tsc=reliable tsc_early_khz";

    /// <summary>Builds it.</summary>
    /// <param name="spec">The machine.</param>
    /// <param name="accelerator">Which executes it.</param>
    /// <param name="tscKhz">The host's counter, where it is known; used under TCG.</param>
    /// <exception cref="QubeException">An option or parameter is not allowed.</exception>
    public static string For(MachineSpec spec, Accelerator accelerator, uint? tscKhz)
    {
        var line = new StringBuilder(Always).Append(spec.Debug ? " ignore_loglevel" : " quiet");
        if (accelerator == Accelerator.Tcg && tscKhz is { } khz)
            line.Append($" {TscParameter}={khz}");
        if (spec.KernelOptions.Any(c => c is < ' ' or > '~') || OwnParameter().IsMatch(spec.KernelOptions))
            throw new QubeException($"Kernel options of {spec.Name} are refused: printable ASCII, none beginning with 'qubes.'");
        if (spec.KernelOptions.Length > 0)
            line.Append(' ').Append(spec.KernelOptions);
        foreach (var (key, value) in spec.GuestParameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            if (!KeyPattern().IsMatch(key) || !ValuePattern().IsMatch(value))
                throw new QubeException($"Guest parameter {key} of {spec.Name} is refused: characters A-Za-z0-9_.,:+-");
            line.Append($" qubes.{key}={value}");
        }
        return line.Length <= MaximumLength
            ? line.ToString()
            : throw new QubeException($"Kernel options of {spec.Name} are too long: the line has {MaximumLength} characters");
    }

    [GeneratedRegex(@"(^|\s)""?qubes\.")]
    private static partial Regex OwnParameter();

    [GeneratedRegex(@"^[a-z][a-z0-9_.-]{0,30}\z")]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"^[A-Za-z0-9_.,:+-]*\z")]
    private static partial Regex ValuePattern();
}
