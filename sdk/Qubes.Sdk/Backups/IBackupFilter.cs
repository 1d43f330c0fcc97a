namespace Qubes.Sdk.Backups;

/// <summary>
/// Extension point: what of the stored state is left out of what people take away with them: an export, a backup. Asked off a
/// daemon, of stored values; what one filter leaves out is left out.
/// </summary>
public interface IBackupFilter
{
    /// <summary>Whether the qube is left out as a whole. One that others are based on, or name, is taken all the same.</summary>
    bool LeavesOut(BackupQube qube);

    /// <summary>Whether a feature of a qube that is taken is left out.</summary>
    bool LeavesOutFeature(BackupQube qube, string feature);
}
