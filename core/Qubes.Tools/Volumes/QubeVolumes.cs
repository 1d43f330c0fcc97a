using System.Globalization;
using Qubes.Tools.Admin;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Volumes;

/// <summary>The volumes of a qube (spec: Admin API, section 7.3).</summary>
internal sealed class QubeVolumes(Session session, string qube)
{
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation) =>
        AnswerText.Lines(await CallAsync("List", "", "", cancellation));

    public async Task<VolumeInfo> InfoAsync(string volume, CancellationToken cancellation) =>
        VolumeInfo.Parse(await CallAsync("Info", volume, "", cancellation));

    /// <summary>Identifiers, oldest first.</summary>
    public async Task<IReadOnlyList<string>> RevisionsAsync(string volume, CancellationToken cancellation) =>
        AnswerText.Lines(await CallAsync("ListSnapshots", volume, "", cancellation));

    public Task RevertAsync(string volume, string revision, CancellationToken cancellation) =>
        CallAsync("Revert", volume, revision, cancellation);

    /// <param name="size">Bytes.</param>
    public Task ResizeAsync(string volume, long size, CancellationToken cancellation) =>
        CallAsync("Resize", volume, size.ToString(CultureInfo.InvariantCulture), cancellation);

    /// <param name="property"><c>rw</c>, <c>revisions_to_keep</c> or <c>ephemeral</c>.</param>
    public Task SetAsync(string volume, string property, string value, CancellationToken cancellation) =>
        CallAsync("Set." + property, volume, value, cancellation);

    /// <summary>Replaces the volume's content by that of the same volume of another qube.</summary>
    public async Task CloneFromAsync(QubeVolumes source, string volume, CancellationToken cancellation)
    {
        var token = await source.CallAsync("CloneFrom", volume, "", cancellation);
        await CallAsync("CloneTo", volume, token, cancellation);
    }

    private async Task<string> CallAsync(string operation, string volume, string payload, CancellationToken cancellation)
    {
        try
        {
            return await session.Admin.CallAsync("admin.vm.volume." + operation, qube, volume, payload, cancellation);
        }
        catch (AdminException e) when (e.IsNoSuchQube)
        {
            throw QubeList.NoSuch(qube);
        }
        catch (AdminException e) when (e.IsPermissionDenied && volume.Length > 0)
        {
            // The daemon does not tell a volume that is absent from one that is denied (section 4).
            var names = await ListAsync(cancellation);
            throw names.Contains(volume)
                ? e
                : new UsageException($"qube '{qube}' has no volume '{volume}'; it has: {string.Join(", ", names)}");
        }
    }
}
