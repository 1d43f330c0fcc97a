using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Methods.Pools;

/// <summary><c>admin.pool.*</c> (spec: Admin API, sections 6.8 and 7.5).</summary>
internal sealed class PoolMethods(IQubes qubes, IExtensions extensions) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        Method.Read("admin.pool.List", AdminDestination.AdminVm,
            _ => Method.Lines(qubes.Pools.Select(p => p.Configuration.Name))),
        Method.Read("admin.pool.ListDrivers", AdminDestination.AdminVm, _ => ListDrivers()),
        Method.ReadOf("admin.pool.Info", AdminDestination.AdminVm, Info),
    ];

    // Clients cut a line at the space behind the driver's name, which is there also when no option follows.
    private string ListDrivers() => Method.Lines(extensions.All<IStoragePoolDriver>()
        .Select(d => d.Name + " " + string.Join(' ', d.Options)));

    private string Info(AdminCall call)
    {
        PoolConfiguration pool = qubes.Pools.FirstOrDefault(p => p.Configuration.Name == call.Argument)?.Configuration
            ?? throw new PermissionDeniedException("Argument not in 'pools'");
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = pool.Name,
            ["driver"] = pool.Driver,
            // Clients read these two whether a driver knows them or not.
            ["revisions_to_keep"] = "1",
            ["ephemeral_volatile"] = "False",
        };
        foreach (var (key, value) in pool.Options)
            values[key] = value;
        return Method.Lines(values.Select(v => $"{v.Key}={v.Value}"));
    }
}
