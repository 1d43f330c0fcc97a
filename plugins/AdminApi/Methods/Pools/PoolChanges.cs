using System.Globalization;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Methods.Pools;

/// <summary><c>admin.pool.*</c> that change something (spec: Admin API, section 7.5).</summary>
internal sealed class PoolChanges(IQubes qubes, IExtensions extensions) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        Method.Act("admin.pool.Add", AdminDestination.AdminVm, Presence.Required, Presence.Required, AddAsync),
        Method.Act("admin.pool.Remove", AdminDestination.AdminVm, Presence.Required, Presence.Forbidden,
            (c, cancel) => qubes.RemovePoolAsync(PoolMethods.Pool(qubes, c), cancel)),
        Method.Change("admin.pool.Set.revisions_to_keep", AdminDestination.AdminVm, Presence.Required, SetRevisionsToKeep),
        Method.Change("admin.pool.Set.ephemeral_volatile", AdminDestination.AdminVm, Presence.Required, SetEphemeralVolatile),
    ];

    private Task AddAsync(AdminCall call, CancellationToken cancel)
    {
        IStoragePoolDriver driver = extensions.All<IStoragePoolDriver>().FirstOrDefault(d => d.Name == call.Argument)
            ?? throw new PermissionDeniedException("Argument not in 'available drivers'");
        return qubes.AddPoolAsync(PoolPayload.Parse(call.Payload.Span, driver.Name, driver.Options), cancel);
    }

    private void SetRevisionsToKeep(AdminCall call)
    {
        IStoragePool pool = PoolMethods.Pool(qubes, call);
        int revisions = WireNumber.Revisions(call.Payload.Span);
        if (revisions < -1)
            throw new ProtocolException("expected a number of revisions, -1 or more");
        qubes.SetPoolOption(pool, "revisions_to_keep", revisions.ToString(CultureInfo.InvariantCulture));
    }

    private void SetEphemeralVolatile(AdminCall call)
    {
        IStoragePool pool = PoolMethods.Pool(qubes, call);
        qubes.SetPoolOption(pool, "ephemeral_volatile", WireFlag.Parse(call.Payload.Span) ? "True" : "False");
    }
}
