using System.Text;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Methods.Volumes;

/// <summary><c>admin.vm.volume.*</c> that change a volume by itself (spec: Admin API, section 7.3).</summary>
internal sealed class VolumeChanges(IVolumes volumes) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        Act("Resize", Presence.Required, (volume, call, cancel) =>
            volumes.ResizeAsync(volume, WireNumber.Size(call.Payload.Span), cancel)),
        Act("Revert", Presence.Required, (volume, call, cancel) =>
            volumes.RevertAsync(volume, Revision(call.Payload.Span), cancel)),
        Act("Clear", Presence.Forbidden, (volume, _, cancel) => volumes.ClearAsync(volume, cancel)),
        Act("Set.revisions_to_keep", Presence.Required, (volume, call, cancel) =>
            volumes.SetRevisionsToKeepAsync(volume, WireNumber.Revisions(call.Payload.Span), cancel)),
        Set("Set.rw", volumes.SetWritable),
        Set("Set.ephemeral", volumes.SetEphemeral),
    ];

    private static AnsweringMethod Act(
        string name, Presence payload, Func<Volume, AdminCall, CancellationToken, Task> act) =>
        Method.Act("admin.vm.volume." + name, AdminDestination.Any, Presence.Required, payload,
            (call, cancel) => act(VolumeMethods.Volume(call), call, cancel));

    private static AnsweringMethod Set(string name, Action<Volume, bool> set) =>
        Method.Change("admin.vm.volume." + name, AdminDestination.Any, Presence.Required,
            call => set(VolumeMethods.Volume(call), WireFlag.Parse(call.Payload.Span)));

    private static string Revision(ReadOnlySpan<byte> payload)
    {
        string revision = Encoding.Latin1.GetString(payload);
        return revision.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '-' or '_' or '.')
            ? revision
            : throw new ProtocolException("invalid revision: expected letters, digits and : - _ .");
    }
}
