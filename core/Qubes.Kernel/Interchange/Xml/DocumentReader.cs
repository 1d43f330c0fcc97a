using System.Globalization;
using System.Xml.Linq;
using Qubes.Kernel.Store;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Interchange.Xml;

/// <summary>Reads a <c>qubes.xml</c> (grammar: <see cref="Names"/>) as Qubes OS 4 and <see cref="DocumentWriter"/> write it.</summary>
internal sealed class DocumentReader
{
    private readonly List<string> leftOut = [];

    /// <exception cref="QubesException">It is no such file; one sentence says why and where.</exception>
    public static Document Read(Stream input) => new DocumentReader().ReadRoot(BoundedXml.Load(input));

    private Document ReadRoot(XElement element)
    {
        var root = new Node(element, leftOut);
        if (root.Name != "qubes")
            throw root.Refused("the outermost element of such a file is 'qubes'");
        if (root.Required("version") is not Names.Version and var version)
            throw root.Refused($"its version is '{Node.Shown(version)}'; {Names.Version} is read, which Qubes OS 4 writes");
        var hasTexts = root.Flag(Names.OwnTexts) ?? false;
        root.End();
        ILookup<string, Node> parts = Parts(root, "labels", "pools", "properties", "domains");
        return new Document
        {
            Labels = Unique(parts["labels"].SelectMany(n => n.Only("label")), ReadLabel, l => l.Name),
            Pools = Unique(parts["pools"].SelectMany(n => n.Only("pool")), ReadPool, p => p.Name),
            Properties = ReadProperties(parts["properties"]),
            Qubes = [.. parts["domains"].SelectMany(n => n.Only("domain")).Select(ReadQube)],
            HasTexts = hasTexts,
            LeftOut = leftOut,
        };
    }

    private static StoredLabel ReadLabel(Node node)
    {
        var id = node.Required("id");
        if (!id.StartsWith(Names.LabelPrefix, StringComparison.Ordinal)
            || !int.TryParse(id.AsSpan(Names.LabelPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            throw node.Refused($"its id is {Names.LabelPrefix}NUMBER, not '{Node.Shown(id)}'");
        var label = new StoredLabel(index, node.Text.Trim(), node.Required("color"));
        node.End(hasText: true);
        return label;
    }

    private static StoredPool ReadPool(Node node)
    {
        var (name, driver) = (node.Required("name"), node.Required("driver"));
        var options = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in node.OtherAttributes().Where(a => a.Name.Namespace == XNamespace.None))
            options.Add(option.Name.LocalName, option.Value);
        node.End();
        return new StoredPool(name, driver, options);
    }

    private static List<DocumentProperty> ReadProperties(IEnumerable<Node> lists) =>
        Unique(lists.SelectMany(n => n.Only("property")), ReadProperty, p => p.Name);

    private static DocumentProperty ReadProperty(Node node)
    {
        var (name, reference) = (node.Required("name"), node.Optional("ref"));
        var isNone = node.Flag(Names.OwnNone) ?? false;
        node.End(hasText: reference is null);
        return isNone ? new(name, null) : new(name, reference ?? node.Text, IsReference: reference is not null);
    }

    private DocumentQube ReadQube(Node node)
    {
        var qube = new DocumentQube(node.Optional("id") ?? "", node.Required("class"));
        node.End();
        var parts = Parts(node, "properties", "features", "devices", "tags", "volume-config", Names.OwnText);
        qube = qube with
        {
            Properties = ReadProperties(parts["properties"]),
            Features = Unique(parts["features"].SelectMany(n => n.Only("feature")), ReadFeature, f => f.Name),
            Tags = [.. parts["tags"].SelectMany(n => n.Only("tag")).Select(ReadTag).Distinct(StringComparer.Ordinal)],
            Volumes = Unique(parts["volume-config"].SelectMany(n => n.Only("volume")), VolumeReader.Read, v => v.Name),
            Texts = Unique(parts[Names.OwnText.ToString()], ReadText, t => t.Key),
        };
        foreach (var devices in parts["devices"])
            LeaveDevicesOut(devices, qube);
        return qube;
    }

    private static StoredFeature ReadFeature(Node node)
    {
        var feature = new StoredFeature(node.Required("name"), node.Text);
        node.End(hasText: true);
        return feature;
    }

    private static string ReadTag(Node node)
    {
        var tag = node.Required("name");
        node.End();
        return tag;
    }

    private static KeyValuePair<string, string> ReadText(Node node)
    {
        var text = KeyValuePair.Create(node.Required("kind"), node.Text);
        node.End(hasText: true);
        return text;
    }

    // Qubes OS 4.2 names a device by id, 4.3 by port-id.
    private void LeaveDevicesOut(Node devices, DocumentQube qube)
    {
        var @class = devices.Optional("class") ?? "unknown";
        foreach (var device in devices.Only("device"))
        {
            var port = device.Optional("id") ?? device.Optional("port-id") ?? "?";
            leftOut.Add($"'{Node.Shown(qube["name"] ?? qube.Id)}': device {Node.Shown(@class)}:{Node.Shown(device.Optional("backend-domain") ?? "?")}:"
                + $"{Node.Shown(port)} is not assigned: machines are given no devices here");
        }
    }

    // Each part by its name; the same part may stand there twice, as far as its members differ.
    private static ILookup<string, Node> Parts(Node node, params ReadOnlySpan<XName> known)
    {
        var parts = new List<Node>();
        foreach (var child in node.Children())
        {
            if (known.Contains(child.Name))
                parts.Add(child);
            else
                child.LeaveOut();
        }
        foreach (var part in parts.Where(p => p.Name.LocalName != "devices" && p.Name != Names.OwnText))
            part.End();
        return parts.ToLookup(p => p.Name.ToString());
    }

    private static List<T> Unique<T>(IEnumerable<Node> nodes, Func<Node, T> read, Func<T, string> key)
    {
        var (items, keys) = (new List<T>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var node in nodes)
        {
            var item = read(node);
            if (!keys.Add(key(item)))
                throw node.Refused($"there are two called '{Node.Shown(key(item))}'");
            items.Add(item);
        }
        return items;
    }
}
