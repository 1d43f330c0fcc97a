using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.AdminApi.Methods.Properties;

/// <summary><c>admin.vm.property.*</c> and <c>admin.property.*</c>.</summary>
internal sealed class PropertyMethods(IQubes qubes) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        .. PropertyAnswers.Methods("admin.vm.property.", AdminDestination.Any, call => call.Destination.Properties),
        .. PropertyAnswers.Methods("admin.property.", AdminDestination.AdminVm, _ => qubes.System),
    ];
}
