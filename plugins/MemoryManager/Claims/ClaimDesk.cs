using Microsoft.Extensions.Logging;
using Qubes.Plugins.MemoryManager.Balancing;

namespace Qubes.Plugins.MemoryManager.Claims;

/// <summary>Takes claims, and has them decided at once. Used on the kernel loop.</summary>
internal sealed class ClaimDesk(ClaimBook book, Rounds rounds, ILogger<ClaimDesk> log)
{
    /// <summary>Frees and keeps memory; null: it cannot be had.</summary>
    /// <param name="owner">For whom, in words.</param>
    /// <param name="bytes">At least 0.</param>
    /// <param name="cancel">Gives up; what others gave back stays free.</param>
    public async Task<IAsyncDisposable?> ClaimAsync(string owner, long bytes, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var claim = book.Add(owner, bytes);
        try
        {
            rounds.DecideNow();
            if (await claim.Answer.WaitAsync(cancel))
                return claim;
            Log.ClaimRefused(log, owner, bytes >> 20);
            return null;
        }
        catch (OperationCanceledException)
        {
            await claim.DisposeAsync();
            throw;
        }
    }
}
