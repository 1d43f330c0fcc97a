using System.Buffers;

namespace Qubes.Qrexec.Vchan;

/// <summary>Joins two vchans into one.</summary>
public static class VchanBridge
{
    private const int ChunkSize = 256 * 1024;

    /// <summary>
    /// Copies both ways until either side closes and all that it wrote has been passed on; then closes both. A reader that
    /// stalls holds up its own direction only. Owns both vchans: they are disposed of in any case.
    /// </summary>
    /// <returns>How many bytes went each way.</returns>
    public static async Task<(long FromFirst, long FromSecond)> RunAsync(IVchan first, IVchan second, CancellationToken cancel)
    {
        var forward = CopyAsync(first, second, cancel);
        var backward = CopyAsync(second, first, cancel);
        try
        {
            // A direction whose writer found its peer closed says nothing about what that peer wrote before: the other
            // direction still has to bring it home and will then meet the end itself.
            var ended = await Task.WhenAny(forward, backward).ConfigureAwait(false);
            if (!(await ended.ConfigureAwait(false)).ReachedEnd)
                await Task.WhenAll(forward, backward).ConfigureAwait(false);
        }
        finally
        {
            await first.DisposeAsync().ConfigureAwait(false);
            await second.DisposeAsync().ConfigureAwait(false);
            await Task.WhenAll((Task)forward, backward).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return ((await forward.ConfigureAwait(false)).Bytes, (await backward.ConfigureAwait(false)).Bytes);
    }

    private static async Task<(long Bytes, bool ReachedEnd)> CopyAsync(IVchan from, IVchan to, CancellationToken cancel)
    {
        long total = 0;
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            while (await from.ReadAsync(buffer, cancel).ConfigureAwait(false) is > 0 and var count)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), cancel).ConfigureAwait(false);
                total += count;
            }

            return (total, true);
        }
        catch (VchanClosedException)
        {
            return (total, false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
