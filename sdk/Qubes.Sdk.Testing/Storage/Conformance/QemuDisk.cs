using System.Diagnostics;
using System.Text.Json.Nodes;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Storage.Conformance;

/// <summary>Through QEMU's own block layer (<c>qemu-io</c>), with the layers as a machine gets them.</summary>
public sealed class QemuDisk : IGuestDisk
{
    /// <inheritdoc/>
    /// <exception cref="StorageRuleException">The disk takes no such write.</exception>
    public async Task WriteAsync(VolumeAttachment disk, byte pattern, long offset, long count, CancellationToken cancel)
    {
        var (isDone, output) = await RunAsync(disk, $"write -P {pattern} {offset} {count}", cancel).ConfigureAwait(false);
        if (!isDone)
            throw new StorageRuleException($"The disk of {disk.Volume.Vid} takes no write at {offset}: {output}");
    }

    /// <inheritdoc/>
    public async Task<bool> IsFilledAsync(
        VolumeAttachment disk, byte pattern, long offset, long count, CancellationToken cancel) =>
        (await RunAsync(disk, $"read -P {pattern} {offset} {count}", cancel).ConfigureAwait(false)).IsDone;

    private static async Task<(bool IsDone, string Output)> RunAsync(
        VolumeAttachment disk, string command, CancellationToken cancel)
    {
        JsonObject? node = null;
        foreach (var (path, format) in disk.Layers.Reverse())
        {
            var upper = new JsonObject
            {
                ["driver"] = format,
                ["file"] = new JsonObject { ["driver"] = "file", ["filename"] = path },
            };
            if (node is not null)
                upper["backing"] = node;
            node = upper;
        }
        string[] arguments = ["-c", command, "json:" + node?.ToJsonString()];
        if (!disk.IsWritable)
            arguments = ["-r", .. arguments];
        var start = new ProcessStartInfo("qemu-io", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var errors = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel).ConfigureAwait(false);
        var text = await output.ConfigureAwait(false) + await errors.ConfigureAwait(false);
        return (process.ExitCode == 0 && !text.Contains("failed", StringComparison.Ordinal), text.Trim());
    }
}
