using System.Globalization;
using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Events;

/// <summary>A disposable template's queue is about to be filled, or cut (spec: preloaded disposables, section 5).</summary>
/// <param name="Qube">The disposable template.</param>
/// <param name="Reason">For people; null: none.</param>
/// <param name="Delay">How long that waits; null: not at all.</param>
public sealed record PreloadsFilling(IQube Qube, string? Reason, TimeSpan? Delay) : QubesEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "domain-preload-dispvm-start";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments
    {
        get
        {
            if (Reason is not null)
                yield return new("reason", Reason);
            if (Delay is { } delay)
                yield return new("delay", delay.TotalSeconds);
        }
    }
}

/// <summary>A preloaded disposable was taken into use; another one is to be started in its place.</summary>
/// <param name="Qube">The disposable template.</param>
/// <param name="Disposable">The one that was used.</param>
/// <param name="Delay">The template's delay, seconds; may be negative.</param>
public sealed record PreloadUsed(IQube Qube, IQube Disposable, double Delay) : QubesEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "domain-preload-dispvm-used";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments =>
        [new("dispvm", Disposable), new("delay", Delay.ToString("0.0##", CultureInfo.InvariantCulture))];
}

/// <summary>
/// A disposable was registered as a preload and stands in its template's queue. Fired in the turn of its creation, before
/// anything of it is awaited; for plugins only.
/// </summary>
/// <param name="Qube">The preload.</param>
public sealed record PreloadCreated(IQube Qube) : QubesEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "domain-preload-created";

    /// <inheritdoc/>
    public override bool IsPublished => false;
}

/// <summary>
/// A preload is about to become an ordinary disposable: the first step of its use, while <c>is_preload</c> still is true;
/// for plugins only.
/// </summary>
/// <param name="Qube">The preload.</param>
public sealed record PreloadUsing(IQube Qube) : QubesEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "domain-preload-using";

    /// <inheritdoc/>
    public override bool IsPublished => false;
}

/// <summary>
/// A policy that decides off the kernel loop has decided otherwise than when it was asked (<see cref="Disposables.IPreloadPolicy"/>);
/// for plugins only.
/// </summary>
/// <param name="Qube">The disposable template.</param>
/// <param name="Policy">The policy's name.</param>
/// <param name="Target">What it wants now.</param>
public sealed record PreloadDecided(IQube Qube, string Policy, Disposables.PreloadTarget Target) : QubesEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "domain-preload-decided";

    /// <inheritdoc/>
    public override bool IsPublished => false;
}
