using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Methods.Pools;

/// <summary><c>admin.pool.*</c> that read (spec: Admin API, sections 6.8 and 7.5).</summary>
internal sealed class PoolMethods(IQubes qubes, IExtensions extensions) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        Method.Names("admin.pool.List", AdminDestination.AdminVm, _ => qubes.Pools.Select(p => p.Configuration.Name)),
        Method.Read("admin.pool.ListDrivers", AdminDestination.AdminVm, ListDrivers),
        Method.ReadOf("admin.pool.Info", AdminDestination.AdminVm, c => PoolInfo.Of(Pool(qubes, c), qubes.Pools)),
        Method.ReadOf("admin.pool.UsageDetails", AdminDestination.AdminVm, c => PoolInfo.Usage(Pool(qubes, c))),
        Method.NamesOf("admin.pool.volume.List", AdminDestination.AdminVm, c => Pool(qubes, c).Vids()),
    ];

    /// <summary>The pool that a call's argument names.</summary>
    /// <exception cref="PermissionDeniedException">There is none.</exception>
    internal static IStoragePool Pool(IQubes qubes, AdminCall call) =>
        qubes.Pools.FirstOrDefault(p => p.Configuration.Name == call.Argument)
        ?? throw new PermissionDeniedException("Argument not in 'pools'");

    // Clients cut a line at the space behind the driver's name, which is there also when no option follows.
    private string ListDrivers(AdminCall call) => Method.Lines(extensions.All<IStoragePoolDriver>()
        .Where(d => call.Permission?.Lists(d.Name) ?? true)
        .Select(d => d.Name + " " + string.Join(' ', d.Options)));
}
