using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Interchange.Xml;

/// <summary>Writes a document in the form that <see cref="DocumentReader"/> and the reference daemon read.</summary>
internal static class DocumentWriter
{
    private static readonly XmlWriterSettings Settings = new()
    {
        Indent = true,
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        NewLineChars = "\n",
        // A carriage return in a text survives only as a reference.
        NewLineHandling = NewLineHandling.Entitize,
    };

    /// <exception cref="QubesException">A text has characters that XML cannot hold.</exception>
    public static void Write(Document document, Stream output)
    {
        try
        {
            using var writer = XmlWriter.Create(output, Settings);
            Root(document).Save(writer);
        }
        catch (ArgumentException e) // What XmlWriter says of a character that is none in XML.
        {
            throw new QubesException($"The state holds a text that XML cannot hold: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static XElement Root(Document document) => new("qubes",
        new XAttribute("version", Names.Version),
        document.HasTexts ? new[] { new XAttribute(XNamespace.Xmlns + "own", Names.Own.NamespaceName), new XAttribute(Names.OwnTexts, "True") } : null,
        new XElement("labels", document.Labels.Select(l => new XElement("label",
            new XAttribute("id", Names.LabelPrefix + l.Index.ToString(CultureInfo.InvariantCulture)), new XAttribute("color", l.Color), l.Name))),
        new XElement("pools", document.Pools.Select(p => new XElement("pool",
            new XAttribute("name", p.Name), new XAttribute("driver", p.Driver), p.Options.Select(o => new XAttribute(o.Key, o.Value))))),
        Properties(document.Properties),
        new XElement("domains", document.Qubes.Select(Qube)));

    private static XElement Properties(IEnumerable<DocumentProperty> properties) =>
        new("properties", properties.Select(p => new XElement("property", new XAttribute("name", p.Name), p switch
        {
            { Value: null } => new XAttribute(Names.OwnNone, "True"),
            { IsReference: true } => new XAttribute("ref", p.Value),
            _ => Text(p.Value),
        })));

    private static XElement Qube(DocumentQube qube) => new("domain",
        new XAttribute("id", qube.Id), new XAttribute("class", qube.Class),
        Properties(qube.Properties),
        new XElement("features", qube.Features.Select(f => new XElement("feature", new XAttribute("name", f.Name), Text(f.Value)))),
        new XElement("tags", qube.Tags.Select(t => new XElement("tag", new XAttribute("name", t)))),
        qube.Volumes.Count == 0 ? null : new XElement("volume-config", qube.Volumes.Select(Volume)),
        qube.Texts.Select(t => new XElement(Names.OwnText, new XAttribute("kind", t.Key), Text(t.Value))));

    private static XElement Volume(DocumentVolume volume) => new("volume", Attributes(
        ("name", volume.Name), ("pool", volume.Pool), ("vid", volume.Vid), ("size", volume.Size), ("rw", volume.Writable),
        ("snap_on_start", volume.SnapOnStart), ("save_on_stop", volume.SaveOnStop), ("source", volume.Source),
        ("revisions_to_keep", volume.RevisionsToKeep), ("ephemeral", volume.Ephemeral)));

    // "True" and "False", as the reference daemon's language writes them; XAttribute would write them small.
    private static IEnumerable<XAttribute> Attributes(params (string Name, object? Value)[] values) =>
        values.Where(v => v.Value is not null).Select(v => new XAttribute(v.Name, Convert.ToString(v.Value, CultureInfo.InvariantCulture)!));

    // An empty text would write a start and an end; the reference writes neither.
    private static XText? Text(string value) => value.Length == 0 ? null : new XText(value);
}
