using System.Text;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Methods.Volumes;

/// <summary><c>admin.vm.volume.CloneFrom</c> and <c>CloneTo</c> (spec: Admin API, section 7.3; storage, section 7).</summary>
internal sealed class CopyMethods(IQubes qubes, IVolumes volumes, CopyTokens tokens) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        Method.ReadOf("admin.vm.volume.CloneFrom", AdminDestination.Any, From),
        Method.Act("admin.vm.volume.CloneTo", AdminDestination.Any, Presence.Required, Presence.Required, ToAsync),
    ];

    private string From(AdminCall call)
    {
        Volume source = VolumeMethods.Volume(call);
        if (source.HasSnapshotsOff && source.Owner.PowerState != PowerState.Halted)
            throw new VolumeCopyInUseException($"'{source}' keeps no snapshots and is in use: it can be copied when '{source.Owner.Name}' is halted.");
        return tokens.Issue(source);
    }

    private Task ToAsync(AdminCall call, CancellationToken cancel)
    {
        // Before anything else: whatever is wrong with the copy, the token has been used.
        Volume source = tokens.Redeem(Encoding.Latin1.GetString(call.Payload.Span));
        Volume target = VolumeMethods.Volume(call);
        if (!qubes.Contains(source.Owner) || !source.Owner.Volumes.Contains(source))
            throw new StorageException($"The volume that the token is for, '{source}', is no more.");
        return volumes.CloneAsync(target, source, cancel);
    }
}
