using Qubes.Plugins.Cloning.Settings;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Cloning.Templates;

/// <summary>
/// Which memory templates passed the proof, kept with their disposable templates: <c>UUID KEY</c>. It is set in one transaction after
/// the proof, goes with its template, and means nothing on a qube that was cloned from it or restored in its place.
/// </summary>
internal static class ProofMarks
{
    /// <summary>The key that was proven; null: none.</summary>
    public static string? Of(IQube owner) =>
        owner.Features.GetValueOrDefault(CloneFeatures.Proven)?.Split(' ') is [var uuid, var key] && uuid == owner.Uuid.ToString("D") ? key : null;

    public static void Set(IQube owner, string key) => owner.Features.Set(CloneFeatures.Proven, $"{owner.Uuid:D} {key}");

    public static void Clear(IQube owner)
    {
        if (owner.Features.ContainsKey(CloneFeatures.Proven))
            owner.Features.Remove(CloneFeatures.Proven);
    }
}
