using Microsoft.Extensions.Logging;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Accelerators;

/// <summary>
/// Chooses how a kernel is executed. With <c>auto</c>, KVM has to prove itself by booting that very kernel: a host can offer a
/// device that opens, creates machines, and never boots one.
/// </summary>
internal sealed class AcceleratorChoice(QemuOptions options, KvmVerdicts verdicts, KvmProbe probe, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim one = new(1);

    /// <summary>The choice; the first for a kernel takes up to the probe's deadline, later ones nothing.</summary>
    /// <exception cref="QubeException">KVM is demanded and cannot be used.</exception>
    public async Task<Accelerator> ForKernelAsync(string kernel, CancellationToken cancel)
    {
        switch (options.Accelerator)
        {
            case AcceleratorWish.Tcg:
                return Accelerator.Tcg;
            case AcceleratorWish.Kvm:
                return KvmDevice.IsOpenable()
                    ? Accelerator.Kvm
                    : throw new QubeException("[Qemu] accelerator=kvm, and /dev/kvm cannot be opened; use auto, or grant it");
            case AcceleratorWish.Auto:
                return KvmDevice.IsOpenable() && await WorksAsync(kernel, cancel).ConfigureAwait(false)
                    ? Accelerator.Kvm
                    : Accelerator.Tcg;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    public void Dispose() => one.Dispose();

    private async Task<bool> WorksAsync(string kernel, CancellationToken cancel)
    {
        await one.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (verdicts.Find(kernel) is { } known)
                return known;
            var why = await probe.WhyNotAsync(kernel, cancel).ConfigureAwait(false);
            verdicts.Keep(kernel, why is null);
            if (why is null)
                Log.KvmWorks(logger, kernel);
            else
                Log.KvmFails(logger, kernel, why);
            return why is null;
        }
        finally
        {
            one.Release();
        }
    }
}
