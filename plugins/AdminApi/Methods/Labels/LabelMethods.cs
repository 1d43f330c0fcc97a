using System.Globalization;
using System.Text;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Methods.Labels;

/// <summary><c>admin.label.*</c> (spec: Admin API, sections 6.9 and 7.5).</summary>
internal sealed class LabelMethods(IQubes qubes) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        Method.Names("admin.label.List", AdminDestination.AdminVm, _ => qubes.Labels.Select(l => l.Name)),
        Method.ReadOf("admin.label.Get", AdminDestination.AdminVm, c => Find(c.Argument).Color),
        Method.ReadOf("admin.label.Index", AdminDestination.AdminVm,
            c => Find(c.Argument).Index.ToString(CultureInfo.InvariantCulture)),
        Method.Change("admin.label.Create", AdminDestination.AdminVm, Presence.Required, Create),
        Method.Change("admin.label.Remove", AdminDestination.AdminVm, Presence.Forbidden,
            c => qubes.RemoveLabel(Find(c.Argument))),
    ];

    private void Create(AdminCall call)
    {
        CheckName(call.Argument);
        if (!Ascii.IsValid(call.Payload.Span))
            throw new InvalidLabelValueException("Invalid colour: expected 0x and six hexadecimal digits");
        qubes.AddLabel(call.Argument, Encoding.ASCII.GetString(call.Payload.Span));
    }

    /// <summary>By name, or by index in decimal.</summary>
    private Label Find(string argument)
    {
        CheckName(argument);
        return qubes.Labels.FirstOrDefault(l =>
                l.Name == argument || l.Index.ToString(CultureInfo.InvariantCulture) == argument)
            ?? throw new LabelNotFoundException($"No such label: '{argument}'");
    }

    private static void CheckName(string argument)
    {
        if (!argument.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw new InvalidLabelException($"Invalid label: '{argument}'; expected a name of letters, digits and - _ . or an index");
    }
}
