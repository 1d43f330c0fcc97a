using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Requests;

/// <summary>One request that has not got its disposable yet, or whose disposable has just begun to serve it.</summary>
internal sealed class RequestInFlight(RequestsInFlight all, IQube template, bool isAnnounced, DateTimeOffset until) : IDisposable
{
    private bool hasFallenBack;

    public IQube Template => template;

    /// <summary>It is part of a batch, and holds up nothing.</summary>
    public bool IsAnnounced => isAnnounced;

    /// <summary>The fresh disposable that it gets, or the one that it uses; null: none yet, or a preload that it waits for.</summary>
    public IQube? Qube { get; set; }

    /// <summary>It has its disposable.</summary>
    public bool IsInUse { get; set; }

    /// <summary>After that it does not count any more.</summary>
    public DateTimeOffset Until { get; set; } = until;

    /// <summary>Whether its fresh disposable is still to be made.</summary>
    public bool IsWithoutQube => hasFallenBack && Qube is null;

    public void FallBack()
    {
        hasFallenBack = true;
        all.FallBack(this);
    }

    public void Dispose()
    {
        if (!hasFallenBack && !IsInUse)
            all.End(this);
    }
}
