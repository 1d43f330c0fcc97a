namespace Qubes.Plugins.Preload.Discards;

/// <summary>Why preloads are discarded.</summary>
/// <param name="Kind">For counters.</param>
/// <param name="Text">For people.</param>
internal readonly record struct DiscardReason(DiscardKind Kind, string Text)
{
    public override string ToString() => Text;
}
