using System.Xml;
using System.Xml.Linq;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Interchange.Xml;

/// <summary>
/// Loads XML of unknown origin, in UTF-8: no DTD, hence no entities of its own, nothing fetched, and bounds on bytes, tags, depth and
/// number of nodes that hold before anything is built from them.
/// </summary>
internal static class BoundedXml
{
    /// <summary>Bytes. A system of a hundred qubes has less than half a MiB.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Elements within each other; the format needs five.</summary>
    public const int MaxDepth = 8;

    /// <summary>Elements, attributes and texts together.</summary>
    public const int MaxNodes = 1_000_000;

    /// <summary>
    /// Bytes from one <c>&lt;</c> to the next. Attributes of one element are compared with each other: for a file of nothing else that took half
    /// a minute.
    /// </summary>
    public const int MaxStretch = 256 << 10;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxBytes,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>Reads to the end, or to the first byte too much.</summary>
    /// <exception cref="QubesException">It is too large, too deep, not in UTF-8 or not well-formed.</exception>
    public static XElement Load(Stream input)
    {
        using var bytes = ReadAll(input);
        MeasureStretches(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        try
        {
            using (var measured = XmlReader.Create(bytes, Settings))
                Measure(measured);
            bytes.Position = 0;
            using var reader = XmlReader.Create(bytes, Settings);
            return XElement.Load(reader, LoadOptions.PreserveWhitespace | LoadOptions.SetLineInfo);
        }
        catch (XmlException e)
        {
            throw new QubesException($"It is refused, because it is not well-formed XML without a DTD: {e.Message}", e);
        }
    }

    private static MemoryStream ReadAll(Stream input)
    {
        var all = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (input.Read(buffer) is > 0 and var read)
        {
            if (all.Length + read > MaxBytes)
                throw new QubesException($"It is refused, because it is too large: at most {MaxBytes >> 20} MiB are read");
            all.Write(buffer, 0, read);
        }
        all.Position = 0;
        return all;
    }

    // In UTF-8 no other character has this byte, and none that XML allows has a zero; in UTF-16 and UTF-32 the first tag has one.
    private static void MeasureStretches(ReadOnlySpan<byte> all)
    {
        if (all.Contains((byte)0))
            throw new QubesException("It is refused, because it is not well-formed XML in UTF-8: it has a zero byte");
        while (all.Length > MaxStretch)
        {
            var next = all[1..(MaxStretch + 1)].IndexOf((byte)'<');
            if (next < 0)
                throw new QubesException($"It is refused, because it has a tag or text of more than {MaxStretch >> 10} KiB");
            all = all[(next + 1)..];
        }
    }

    private static void Measure(XmlReader reader)
    {
        var nodes = 0;
        while (reader.Read())
        {
            nodes += 1 + reader.AttributeCount;
            if (reader.Depth >= MaxDepth)
                throw new QubesException($"It is refused, because its elements stand more than {MaxDepth} deep within each other");
            if (nodes > MaxNodes)
                throw new QubesException($"It is refused, because it has more than {MaxNodes} elements, attributes and texts");
        }
    }
}
