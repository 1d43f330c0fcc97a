using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Storage.Conformance;

public sealed partial class StoragePoolKit
{
    private static void Expect(bool condition, string otherwise)
    {
        if (!condition)
            throw new StorageRuleException(otherwise);
    }

    private static async Task RefusedAsync<T>(Func<Task> operation, string what) where T : QubesException
    {
        try
        {
            await operation().ConfigureAwait(false);
        }
        catch (T e) when (!e.Message.Contains('\n', StringComparison.Ordinal) && e.Message.Length > 0)
        {
            return;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new StorageRuleException($"{what} must be refused with one line of a {typeof(T).Name}, not {e.GetType().Name}: {e.Message}", e);
        }
        throw new StorageRuleException($"{what} must be refused");
    }

    private async Task WriteAsync(VolumeAttachment attachment, byte pattern, CancellationToken cancel)
    {
        if (disk is not null)
            await disk.WriteAsync(attachment, pattern, 0, Written, cancel).ConfigureAwait(false);
    }

    private async Task ExpectGuestReadsAsync(VolumeAttachment attachment, byte pattern, CancellationToken cancel) =>
        Expect(
            disk is null || await disk.IsFilledAsync(attachment, pattern, 0, Written, cancel).ConfigureAwait(false),
            $"A guest should read {pattern} from {attachment.Volume.Vid}");

    /// <summary>The committed content, as it is handed out.</summary>
    private async Task ExpectCommittedAsync(Volume volume, byte pattern, long size, CancellationToken cancel)
    {
        await using var export = await pool.ExportAsync(volume, cancel).ConfigureAwait(false);
        ExpectContent(export, volume, pattern, size);
    }

    private void ExpectContent(IVolumeExport export, Volume volume, byte pattern, long size)
    {
        using var file = File.OpenHandle(export.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var content = new byte[Math.Min(Written, size)];
        var count = RandomAccess.Read(file, content, 0);
        if (RandomAccess.GetLength(file) is > 0 and var length) // 0: a block device
            Expect(length == size, $"{volume.Vid} should hold {size} bytes, not {length}");
        Expect(
            disk is null || (count == content.Length && content.All(b => b == pattern)),
            $"{volume.Vid} should hold {pattern} as committed, not {content[0]}");
    }
}
