using System.Globalization;
using System.Text;
using Qubes.Plugins.AdminApi.Methods.Volumes;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Methods.Internal;

// ImportBegin: payload = [ size ]                   answer = size SP path
// ImportEnd:   payload = "ok" | "fail" [ LF message ]                  (spec: Admin API, sections 7.3 and 9)
/// <summary>
/// The daemon's part of <c>admin.vm.volume.Import</c> and <c>ImportWithSize</c>: a script asks where to write, writes the
/// data itself, and says how it went.
/// </summary>
internal sealed class VolumeImports(IVolumes volumes, IEventBus events)
{
    private const int MaxMessage = 1000;

    /// <summary>Makes room for new content. Permission is asked for the public method that the script stands for.</summary>
    public async ValueTask<AdminAnswer> BeginAsync(AdminCall call, CancellationToken cancel)
    {
        long? size = call.Payload.IsEmpty ? null : WireNumber.Size(call.Payload.Span);
        string method = size is null ? "admin.vm.volume.Import" : "admin.vm.volume.ImportWithSize";
        events.Fire(new AdminPermission(call.Source, method, call.Destination, call.Argument, call.Payload));

        Volume volume = VolumeMethods.Volume(call);
        string path = await volumes.BeginImportAsync(volume, size, cancel);
        return string.Create(CultureInfo.InvariantCulture, $"{size ?? volume.Size} {path}");
    }

    /// <summary>Puts the new content in place, or forgets it and refuses with the script's reason.</summary>
    public async Task EndAsync(AdminCall call, CancellationToken cancel)
    {
        string payload = Encoding.UTF8.GetString(call.Payload.Span);
        string[] parts = payload.Split('\n', 2);
        if (payload != "ok" && parts[0] != "fail")
            throw new ProtocolException("expected ok, or fail and on the next line why");

        bool isGood = payload == "ok";
        await volumes.EndImportAsync(VolumeMethods.Volume(call), isGood, cancel);
        if (!isGood)
            throw new QubesException("The import failed and the old content stays: " + Reason(parts));
    }

    private static string Reason(string[] parts)
    {
        string reason = parts.Length < 2 || parts[1].Length == 0 ? "no reason was given" : parts[1].Trim();
        return string.Concat(reason.Take(MaxMessage).Select(c => char.IsControl(c) ? '_' : c));
    }
}
