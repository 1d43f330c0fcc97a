using System.Globalization;
using Qubes.Tools.Admin;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Volumes;

/// <summary>
/// Replaces a volume's content by data, as the host's service <c>admin.vm.volume.ImportWithSize</c> does (spec: Admin API,
/// sections
/// 7.3 and 9): the daemon names a file over its internal socket, we fill it, and the daemon takes or drops it.
/// <code>
/// ImportBegin = SIZE " " PATH          ; answer; SIZE in bytes, decimal
/// ImportEnd   = "ok" | "fail" LF TEXT  ; payload
/// </code>
/// </summary>
internal sealed class VolumeImport(Session session, VolumeAddress address)
{
    private const int BlockSize = 128 << 10;

    private readonly AdminClient daemon = new(session.Paths, session.Paths.InternalSocket);

    /// <param name="size">Bytes the volume shall have; null: its size stays.</param>
    /// <exception cref="ToolException">There is more or less data than the size says, or it cannot be written.</exception>
    public async Task RunAsync(Stream data, long? size, CancellationToken cancellation)
    {
        var begin = await CallAsync("Begin", size?.ToString(CultureInfo.InvariantCulture) ?? "", cancellation);
        var verdict = "fail\nthe import was interrupted";
        try
        {
            var (expected, path) = ParseTarget(begin);
            await FillAsync(path, data, expected, cancellation);
            verdict = "ok";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ToolException)
        {
            verdict = "fail\n" + e.Message;
            throw;
        }
        finally
        {
            // Whatever happened, the daemon must hear of it: it keeps the volume from being used until then.
            await EndAsync(verdict);
        }
    }

    private async Task EndAsync(string verdict)
    {
        try
        {
            await CallAsync("End", verdict, CancellationToken.None);
        }
        catch (AdminException) when (verdict != "ok")
        {
            // It only says that the import failed, which its caller is being told with the reason.
        }
    }

    private static (long Size, string Path) ParseTarget(string answer)
    {
        var space = answer.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && long.TryParse(answer.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            && answer.AsSpan(space + 1) is ['/', ..]
                ? (size, answer[(space + 1)..])
                : throw new MalformedAnswerException($"this is not the place of an import: '{answer}'");
    }

    private static async Task FillAsync(string path, Stream data, long size, CancellationToken cancellation)
    {
        await using var file = new FileStream(
            path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0, FileOptions.Asynchronous);
        var block = new byte[BlockSize];
        long written = 0;
        while (await data.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, cancellation) is > 0 and var read)
        {
            if (read > size - written)
                throw new ToolException($"there is more data than the {size} bytes the volume has");
            // What was never written reads as zeros: an import starts with an empty file.
            if (block.AsSpan(0, read).ContainsAnyExcept((byte)0))
            {
                file.Position = written;
                await file.WriteAsync(block.AsMemory(0, read), cancellation);
            }

            written += read;
        }

        if (written < size)
            throw new ToolException($"the data ended after {written} bytes; the volume has {size}");
        file.Flush(flushToDisk: true);
    }

    private Task<string> CallAsync(string step, string payload, CancellationToken cancellation) =>
        daemon.CallAsync("internal.vm.volume.Import" + step, address.Qube, address.Volume, payload, cancellation);
}
