namespace Qubes.Plugins.Preload.Refill;

/// <summary>Memory that one preload may take while it is started; disposed of when it holds that itself, or will not.</summary>
internal sealed class MemoryGrant(long bytes, Action<long> end) : IDisposable
{
    private bool hasEnded;

    public void Dispose()
    {
        if (hasEnded)
            return;
        hasEnded = true;
        end(bytes);
    }
}
