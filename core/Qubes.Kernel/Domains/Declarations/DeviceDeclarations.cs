using System.Text.RegularExpressions;
using Qubes.Kernel.Domains.Properties;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Domains.Declarations;

/// <summary>Which devices a qube may not have, and its keyboard.</summary>
internal static partial class DeviceDeclarations
{
    private const int CodeLength = 7;
    private const string DefaultLayout = "us++";

    public static readonly PropertyKey<string> KeyboardLayout = new("keyboard_layout");

    /// <summary>What the host has, too.</summary>
    public static IEnumerable<PropertyDeclaration<Qube>> All =>
    [
        new Property<Qube, string>("devices_denied", PropertyType.Text)
        {
            Help = "Codes of device interfaces that the qube may not get: one of b, u, m, p or *, then six hexadecimal digits or *.",
            Default = _ => "",
            Check = (_, codes) => Ordered(codes),
        },
        new Property<Qube, string>(KeyboardLayout.Name, PropertyType.Text)
        {
            Help = "Keyboard: LAYOUT+VARIANT+OPTIONS.",
            Default = LayoutOfGuivm,
            Check = (_, layout) => Layout().IsMatch(layout)
                ? layout
                : throw new PropertyValueException($"Property 'keyboard_layout' is LAYOUT+VARIANT+OPTIONS, e.g. 'us+dvorak+', not '{layout}'"),
        },
    ];

    // From guivm to guivm, which may lead back to where it began.
    private static string LayoutOfGuivm(Qube qube)
    {
        var seen = new HashSet<IQube> { qube };
        for (var gui = GuivmOf(qube); gui is not null && seen.Add(gui); gui = GuivmOf(gui))
        {
            if (!gui.Properties.IsDefault(KeyboardLayout.Name))
                return gui.Properties.Get(KeyboardLayout)!;
        }
        return DefaultLayout;
    }

    private static IQube? GuivmOf(IQube qube) =>
        qube.Class == QubeClass.AdminVM ? null : qube.Properties.Get(ReferenceDeclarations.Guivm);

    private static string Ordered(string codes)
    {
        if (codes.Length % CodeLength != 0)
            throw new PropertyValueException($"Property 'devices_denied' takes codes of {CodeLength} characters, and '{codes}' is none");
        var sorted = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var chunk in codes.Chunk(CodeLength))
        {
            var code = new string(chunk);
            if (!Code().IsMatch(code))
                throw new PropertyValueException(
                    $"Property 'devices_denied' takes codes of b, u, m, p or * and six hexadecimal digits or *, not '{code}'");
            sorted.Add(code);
        }
        return string.Concat(sorted);
    }

    [GeneratedRegex(@"\A[bump*][0-9a-f*]{6}\z")]
    private static partial Regex Code();

    [GeneratedRegex(@"\A[A-Za-z]+\+[A-Za-z0-9\-_]*\+[A-Za-z0-9\-_:,]*\z")]
    private static partial Regex Layout();
}
