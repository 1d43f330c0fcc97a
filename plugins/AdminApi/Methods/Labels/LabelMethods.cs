using System.Globalization;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Methods.Labels;

/// <summary><c>admin.label.*</c> (spec: Admin API, sections 6.9 and 7.5).</summary>
internal sealed class LabelMethods(IQubes qubes) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        Method.Read("admin.label.List", AdminDestination.AdminVm, _ => Method.Lines(qubes.Labels.Select(l => l.Name))),
        Method.ReadOf("admin.label.Get", AdminDestination.AdminVm, c => Find(c.Argument).Color),
        Method.ReadOf("admin.label.Index", AdminDestination.AdminVm,
            c => Find(c.Argument).Index.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>By name, or by index in decimal.</summary>
    private Label Find(string argument)
    {
        if (!argument.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw new InvalidLabelException($"Invalid label: '{argument}'; expected a name of letters, digits and - _ . or an index");
        return qubes.Labels.FirstOrDefault(l =>
                l.Name == argument || l.Index.ToString(CultureInfo.InvariantCulture) == argument)
            ?? throw new LabelNotFoundException($"No such label: '{argument}'");
    }
}
