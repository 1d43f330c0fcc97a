using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Events;

/// <summary>A feature is about to be set.</summary>
public sealed record FeatureSetting(IQube Qube, string Feature, string Value, string? OldValue) : PreEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "domain-feature-pre-set:" + Feature;

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => FeatureArguments.Of(Feature, Value, OldValue);
}

/// <summary>A feature was set, perhaps to the value it had.</summary>
public sealed record FeatureSet(IQube Qube, string Feature, string Value, string? OldValue) : QubesEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "domain-feature-set:" + Feature;

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => FeatureArguments.Of(Feature, Value, OldValue);
}

/// <summary>A feature is about to be deleted; fired also when it is absent.</summary>
public sealed record FeatureDeleting(IQube Qube, string Feature) : PreEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "domain-feature-pre-delete:" + Feature;

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("feature", Feature)];
}

/// <summary>A feature was deleted.</summary>
public sealed record FeatureDeleted(IQube Qube, string Feature) : QubesEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "domain-feature-delete:" + Feature;

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("feature", Feature)];
}

internal static class FeatureArguments
{
    public static IEnumerable<EventArgument> Of(string feature, string value, string? oldValue)
    {
        yield return new("feature", feature);
        yield return new("value", value);
        if (oldValue is not null)
            yield return new("oldvalue", oldValue);
    }
}
