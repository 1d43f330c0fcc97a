using Qubes.Tools.Admin;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Features;

/// <summary>Reads features (spec: domain model, section 6): absent or empty is false, anything else is true.</summary>
internal static class Feature
{
    /// <summary>The qube's own value, or null.</summary>
    public static Task<string?> GetAsync(Session session, string qube, string name, CancellationToken cancellation) =>
        TryAsync(session, "admin.vm.feature.Get", qube, name, cancellation);

    /// <summary>The value of the qube or the nearest of its templates, or null.</summary>
    public static Task<string?> GetWithTemplateAsync(Session session, string qube, string name, CancellationToken cancellation) =>
        TryAsync(session, "admin.vm.feature.CheckWithTemplate", qube, name, cancellation);

    public static async Task<bool> IsSetAsync(Session session, string qube, string name, CancellationToken cancellation) =>
        !string.IsNullOrEmpty(await GetAsync(session, qube, name, cancellation));

    /// <summary>Unsets it; one that is not set is no failure.</summary>
    public static async Task RemoveAsync(Session session, string qube, string name, CancellationToken cancellation)
    {
        try
        {
            await session.Admin.CallAsync("admin.vm.feature.Remove", qube, name, cancellation: cancellation);
        }
        catch (AdminException e) when (e.IsNoSuchFeature)
        {
            // What was asked for is the case.
        }
    }

    private static async Task<string?> TryAsync(
        Session session, string method, string qube, string name, CancellationToken cancellation)
    {
        try
        {
            return await session.Admin.CallAsync(method, qube, name, cancellation: cancellation);
        }
        catch (AdminException e) when (e.IsNoSuchFeature)
        {
            return null;
        }
    }
}
