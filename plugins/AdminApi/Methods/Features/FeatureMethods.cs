using System.Text;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Methods.Features;

/// <summary><c>admin.vm.feature.*</c> (spec: Admin API, sections 6.10 and 7.4).</summary>
internal sealed class FeatureMethods : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        Method.Names("admin.vm.feature.List", AdminDestination.Any, c => c.Destination.Features.Keys),
        Method.ReadOf("admin.vm.feature.Get", AdminDestination.Any,
            c => Found(c, c.Destination.Features.GetValueOrDefault(c.Argument))),
        Method.ReadOf("admin.vm.feature.CheckWithTemplate", AdminDestination.Any,
            c => Found(c, c.Destination.Features.CheckWithTemplate(c.Argument))),
        Method.ReadOf("admin.vm.feature.CheckWithNetvm", AdminDestination.Any,
            c => Found(c, c.Destination.Features.CheckWithNetvm(c.Argument))),
        Method.ReadOf("admin.vm.feature.CheckWithAdminVM", AdminDestination.Any,
            c => Found(c, c.Destination.Features.CheckWithAdminVm(c.Argument))),
        Method.ReadOf("admin.vm.feature.CheckWithTemplateAndAdminVM", AdminDestination.Any,
            c => Found(c, c.Destination.Features.CheckWithTemplateAndAdminVm(c.Argument))),
        Method.Change("admin.vm.feature.Set", AdminDestination.Any, Presence.Optional, Set),
        Method.Change("admin.vm.feature.Remove", AdminDestination.Any, Presence.Forbidden,
            c => c.Destination.Features.Remove(c.Argument)),
    ];

    private static string Found(AdminCall call, string? value) => value
        ?? throw new FeatureNotFoundException($"Feature not set for domain {call.Destination.Name}: {call.Argument}");

    private static void Set(AdminCall call)
    {
        if (!call.Argument.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-'))
            throw new ProtocolException("invalid feature name: expected letters, digits and _ . -");
        if (call.Payload.Span.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E) >= 0)
            throw new ProtocolException("invalid feature value: expected printable ASCII");
        call.Destination.Features.Set(call.Argument, Encoding.ASCII.GetString(call.Payload.Span));
    }
}
