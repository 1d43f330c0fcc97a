using Qubes.Sdk.Backups;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.BackupExclusion;

/// <summary>
/// Leaves out every disposable with <c>auto_cleanup</c>, preloads among them, unless somebody set <c>include_in_backups</c> on
/// it; and of what is taken all features of preloading but the wanted number (the host's own are settings, all of them), and
/// what a network that waits for the end of a pause was before.
/// </summary>
internal sealed class PassingQubes : IBackupFilter
{
    private const string PreloadFeatures = "preload-dispvm";
    private const string Max = "preload-dispvm-max";
    private const string DeferredNetwork = "deferred-netvm-original";

    public bool LeavesOut(BackupQube qube) =>
        qube.Class == QubeClass.DispVM && IsTrue(qube, QubeProperties.AutoCleanup) && !IsTrue(qube, QubeProperties.IncludeInBackups);

    public bool LeavesOutFeature(BackupQube qube, string feature) => qube.Class != QubeClass.AdminVM
        && ((feature.StartsWith(PreloadFeatures, StringComparison.Ordinal) && feature != Max) || feature == DeferredNetwork);

    private static bool IsTrue(BackupQube qube, PropertyKey<bool> property) =>
        qube.Properties.GetValueOrDefault(property.Name) == "True";
}
