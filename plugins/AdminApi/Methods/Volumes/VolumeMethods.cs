using System.Globalization;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Methods.Volumes;

/// <summary><c>admin.vm.volume.*</c> that read (spec: Admin API, sections 6.7 and 7.3).</summary>
internal sealed class VolumeMethods : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        Method.Names("admin.vm.volume.List", AdminDestination.Any, c => c.Destination.Volumes.Select(v => v.Name)),
        Method.ReadOf("admin.vm.volume.Info", AdminDestination.Any, Info),
        Method.NamesOf("admin.vm.volume.ListSnapshots", AdminDestination.Any,
            c => Volume(c).Pool.Revisions(Volume(c)).Select(r => r.Id)),
    ];

    /// <summary>The volume that a call's argument names.</summary>
    /// <exception cref="PermissionDeniedException">The destination has none of that name.</exception>
    internal static Volume Volume(AdminCall call) =>
        call.Destination.Volumes.FirstOrDefault(v => v.Name == call.Argument)
        ?? throw new PermissionDeniedException($"Argument not in '{call.Destination.Name} volumes'");

    private static string Info(AdminCall call)
    {
        Volume volume = Volume(call);
        return Method.Lines(
        [
            "pool=" + volume.Pool.Configuration.Name,
            "vid=" + volume.Vid,
            "size=" + volume.Size.ToString(CultureInfo.InvariantCulture),
            "usage=" + volume.Pool.Usage(volume).ToString(CultureInfo.InvariantCulture),
            "rw=" + volume.IsWritable,
            "source=" + volume.Source?.Vid,
            "path=" + volume.Pool.PathOf(volume),
            "save_on_stop=" + volume.SaveOnStop,
            "snap_on_start=" + volume.SnapOnStart,
            "revisions_to_keep=" + volume.RevisionsToKeep.ToString(CultureInfo.InvariantCulture),
            "ephemeral=" + volume.IsEphemeral,
            "is_outdated=" + volume.Pool.IsOutdated(volume),
        ]);
    }
}
