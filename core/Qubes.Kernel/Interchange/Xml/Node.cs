using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Interchange.Xml;

/// <summary>An element that remembers what was asked of it, so that what nobody asked for can be named.</summary>
/// <param name="element">The element.</param>
/// <param name="leftOut">Gets a sentence for each part that nobody asked for.</param>
internal sealed class Node(XElement element, List<string> leftOut)
{
    private readonly HashSet<XName> asked = [];

    public XName Name => element.Name;

    /// <summary>Texts of the element itself.</summary>
    public string Text => string.Concat(element.Nodes().OfType<XText>().Select(t => t.Value));

    /// <summary>An attribute; null: it has none of that name.</summary>
    public string? Optional(XName name)
    {
        asked.Add(name);
        return element.Attribute(name)?.Value;
    }

    public string Required(XName name) => Optional(name) ?? throw Refused($"it has no attribute '{name}'");

    /// <summary>An attribute that is <c>True</c> or <c>False</c>.</summary>
    public bool? Flag(XName name) => Optional(name) switch
    {
        null => null,
        "True" => true,
        "False" => false,
        var other => throw Refused($"its attribute '{name}' is True or False, not '{Shown(other)}'"),
    };

    /// <summary>An attribute that is a whole number in decimal digits.</summary>
    public long? Number(XName name, long least, long most)
    {
        if (Optional(name) is not { } text)
            return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most
            ? number
            : throw Refused($"its attribute '{name}' is a number from {least} to {most}, not '{Shown(text)}'");
    }

    /// <summary>The attributes that nobody has asked for so far.</summary>
    public IEnumerable<XAttribute> OtherAttributes() =>
        element.Attributes().Where(a => !a.IsNamespaceDeclaration && asked.Add(a.Name)).ToList();

    /// <summary>The children of that name; others are named as left out.</summary>
    public IEnumerable<Node> Only(XName name)
    {
        foreach (var child in Children())
        {
            if (child.Name == name)
                yield return child;
            else
                child.LeaveOut();
        }
    }

    public IEnumerable<Node> Children() => element.Elements().Select(e => new Node(e, leftOut));

    /// <summary>Names the element, with all that it holds, as left out.</summary>
    public void LeaveOut() => leftOut.Add($"line {Line}: element '{Shown(Name.LocalName)}' is not known here and left out");

    /// <summary>Names the attributes, and the text where none is expected, that nobody asked for.</summary>
    public void End(bool hasText = false)
    {
        foreach (var attribute in OtherAttributes())
            leftOut.Add($"line {Line}: attribute '{Shown(attribute.Name.LocalName)}' of '{Name.LocalName}' is not known here and left out");
        if (!hasText && !string.IsNullOrWhiteSpace(Text))
            leftOut.Add($"line {Line}: the text in '{Name.LocalName}' is left out");
    }

    public QubesException Refused(string why) => new($"It is refused: line {Line}: '{Name.LocalName}': {why}");

    public static string Shown(string text) => text.Length <= 60 ? text : text[..60] + "…";

    private int Line => ((IXmlLineInfo)element).LineNumber;
}
