using System.Text;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Methods.Properties;

/// <summary>The property methods, for qubes and for the system alike (spec: Admin API, sections 6.1 to 6.3 and 7.1).</summary>
internal static class PropertyAnswers
{
    /// <summary>The seven methods below <paramref name="prefix"/>, on the properties that a call is about.</summary>
    public static IEnumerable<AdminMethod> Methods(
        string prefix, AdminDestination destination, Func<AdminCall, IProperties> of) =>
    [
        Method.Names(prefix + "List", destination, c => of(c).Declared.Select(p => p.Name)),
        Method.Read(prefix + "GetAll", destination, c => GetAll(of(c), c)),
        Method.ReadOf(prefix + "Get", destination, c => Text(of(c).Read(c.Argument))),
        Method.ReadOf(prefix + "GetDefault", destination, c => Default(of(c).ReadDefault(c.Argument))),
        Method.ReadOf(prefix + "Help", destination, c => of(c).Find(c.Argument).Help),
        Method.Change(prefix + "Set", destination, Presence.Optional, c => Set(of(c), c)),
        Method.Change(prefix + "Reset", destination, Presence.Forbidden, c => of(c).Reset(of(c).Find(c.Argument).Name)),
    ];

    private static string Text(PropertyText value) =>
        $"default={(value.IsDefault ? "True" : "False")} type={value.Type.WireName()} {value.Text}";

    private static string Default(PropertyText? value) => value is null ? "" : $"type={value.Type.WireName()} {value.Text}";

    private static string GetAll(IProperties properties, AdminCall call) => Method.Lines(properties.Declared
        .Where(p => call.Permission?.Lists(p.Name) ?? true)
        .Select(p => p.Name + " " + Text(properties.Read(p.Name))
            .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)));

    private static void Set(IProperties properties, AdminCall call)
    {
        PropertyInfo property = properties.Find(call.Argument);
        if (!Ascii.IsValid(call.Payload.Span))
            throw new InvalidValueException($"The value of '{property.Name}' has bytes outside ASCII.");
        string text = Encoding.ASCII.GetString(call.Payload.Span);
        if (property.Type != PropertyType.Number && text.Any(char.IsControl))
            throw new InvalidValueException($"The value of '{property.Name}' has control characters; expected printable ASCII.");
        if (property.Type == PropertyType.Qube && text.Length > 0)
            QubeNames.Require(text);
        properties.Write(property.Name, text);
    }
}
