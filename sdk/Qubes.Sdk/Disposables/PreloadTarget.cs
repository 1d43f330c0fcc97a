namespace Qubes.Sdk.Disposables;

/// <summary>A policy's answer.</summary>
/// <param name="Count">How many disposables are to be preloaded: 0 to <see cref="PreloadView.Max"/>.</param>
/// <param name="Reason">Why, for people: a few words, e.g. <c>3 requests within a minute</c>.</param>
public readonly record struct PreloadTarget(int Count, string Reason)
{
    /// <summary>Why this is an earlier decision instead of a new one; null: it is a new one. For whoever asks policies on behalf of others.</summary>
    public string? Fault { get; init; }
}
