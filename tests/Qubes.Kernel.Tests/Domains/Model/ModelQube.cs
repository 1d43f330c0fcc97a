using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Tests.Domains.Model;

/// <summary>What the model remembers of a qube.</summary>
internal sealed record ModelQube(string Name, QubeClass Class)
{
    /// <summary>Explicit values as text; empty for an explicit none.</summary>
    public SortedDictionary<string, string> Explicit { get; init; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, string> Features { get; init; } = new(StringComparer.Ordinal);

    public SortedSet<string> Tags { get; init; } = new(StringComparer.Ordinal);

    public bool IsDisposableTemplate =>
        Class is QubeClass.AppVM or QubeClass.StandaloneVM && Explicit.GetValueOrDefault("template_for_dispvms") == "True";

    public bool ProvidesNetwork => Explicit.GetValueOrDefault("provides_network") == "True";
}
