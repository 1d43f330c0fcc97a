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
