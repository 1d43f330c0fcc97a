using System.Security.Cryptography;
using System.Text;
using Qubes.Plugins.Qemu.Accelerators;
using Qubes.Plugins.Qemu.Arguments;

namespace Qubes.Plugins.Qemu.Cloning;

/// <summary>
/// Names what a frozen machine and its copy must have in common, disks apart: QEMU's program and the guest's kernel by their content,
/// the command line without name and UUID, and with KVM, where a guest knows the host's processor, that.
/// </summary>
internal sealed class MachineKey(QemuOptions options, ContentDigests digests)
{
    private static readonly string[] ProcessorFacts =
        ["vendor_id", "cpu family", "model", "model name", "stepping", "microcode", "flags"];

    private string? processor;

    /// <exception cref="Sdk.Errors.QubeException">A file cannot be read, or the kernel is of a format that cannot be frozen.</exception>
    public async Task<string> OfAsync(MachinePlan plan, CancellationToken cancel)
    {
        var program = new FileInfo(options.Program).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? options.Program;
        string[] parts =
        [
            TemplateRecord.CurrentFormat.ToString(),
            program,
            await digests.OfAsync(program, cancel).ConfigureAwait(false),
            await digests.OfAsync(plan.Kernel, cancel).ConfigureAwait(false),
            await digests.OfAsync(plan.Initramfs!, cancel).ConfigureAwait(false),
            plan.Accelerator == Accelerator.Kvm ? processor ??= ReadProcessor() : "",
            .. plan.Fingerprint(),
        ];
        // Each part with its length before it, so that no two lists of parts are the same text.
        var text = string.Concat(parts.Select(part => $"{part.Length}:{part}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>The first processor's lines of <c>/proc/cpuinfo</c> that do not change by themselves.</summary>
    private static string ReadProcessor() => string.Join('\n', File.ReadLines("/proc/cpuinfo")
        .TakeWhile(line => line.Length > 0)
        .Where(line => ProcessorFacts.Contains(line.Split(':')[0].Trim())));
}
