using Qubes.Sdk.Admin;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Methods.Tags;

/// <summary><c>admin.vm.tag.*</c> (spec: Admin API, sections 6.10 and 7.4).</summary>
internal sealed class TagMethods : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        Method.Names("admin.vm.tag.List", AdminDestination.Any, c => c.Destination.Tags.Order(StringComparer.Ordinal)),
        Method.ReadOf("admin.vm.tag.Get", AdminDestination.Any, Get),
        Method.Change("admin.vm.tag.Set", AdminDestination.Any, Presence.Forbidden, c => c.Destination.Tags.Add(c.Argument)),
        Method.Change("admin.vm.tag.Remove", AdminDestination.Any, Presence.Forbidden,
            c => c.Destination.Tags.Remove(c.Argument)),
    ];

    private static string Get(AdminCall call)
    {
        if (!call.Argument.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            throw new InvalidTagException($"Invalid tag name: '{call.Argument}'; expected letters, digits, _ and -");
        return call.Destination.Tags.Contains(call.Argument) ? "1" : "0";
    }
}
