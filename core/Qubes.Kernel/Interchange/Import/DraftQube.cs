using System.Globalization;
using Qubes.Kernel.Domains;
using Qubes.Kernel.Store;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Kernel.Interchange.Xml;

namespace Qubes.Kernel.Interchange.Import;

/// <summary>A domain of the document with the identity that it will have.</summary>
internal sealed record DraftQube(DocumentQube Source, QubeClass Class, StoredQube Row, int? Dispid)
{
    private const int MaxNumber = 9999;

    public string Name => Row.Name;

    /// <exception cref="QubesException">Without a usable identity no qube can be kept.</exception>
    public static DraftQube Of(DocumentQube source)
    {
        var name = source["name"];
        var shown = $"'{Node.Shown(name ?? source.Id)}'";
        if (!Enum.TryParse<QubeClass>(source.Class, out var @class) || !Enum.IsDefined(@class) || @class.ToString() != source.Class)
            throw new QubesException(
                $"It is refused: {shown} is of class '{Node.Shown(source.Class)}'; known: {string.Join(", ", Enum.GetNames<QubeClass>())}");
        if (@class == QubeClass.AdminVM)
            return new(source, @class, new StoredQube(0, Guid.Empty, "dom0", source.Class), Dispid: null);
        if (name is null)
            throw new QubesException($"It is refused: the domain '{Node.Shown(source.Id)}' has no name");
        QubeNames.Require(name.Length <= 100 ? name : Node.Shown(name));
        if (name == "dom0")
            throw new QubesException($"It is refused: a {source.Class} is called 'dom0', which the host's own entry is");
        var row = new StoredQube(Number(source, shown, "qid", 1), Uuid(source, shown), name, source.Class);
        return new(source, @class, row, @class == QubeClass.DispVM ? Number(source, shown, "dispid", 0) : null);
    }

    private static int Number(DocumentQube source, string shown, string property, int least) =>
        int.TryParse(source[property], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= MaxNumber
            ? number
            : throw new QubesException(
                $"It is refused: {shown} needs a '{property}' from {least} to {MaxNumber}, and has '{Node.Shown(source[property] ?? "")}'");

    // The reference daemon gives a qube without one a random one when it loads the file.
    private static Guid Uuid(DocumentQube source, string shown) => source["uuid"] is not { Length: > 0 } text
        ? Guid.NewGuid()
        : Guid.TryParseExact(text, "D", out var uuid) && uuid != Guid.Empty
            ? uuid
            : throw new QubesException($"It is refused: {shown} has the uuid '{Node.Shown(text)}'; 8-4-4-4-12 hexadecimal digits are accepted");
}
