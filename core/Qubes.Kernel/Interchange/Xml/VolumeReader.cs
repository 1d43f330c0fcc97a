namespace Qubes.Kernel.Interchange.Xml;

/// <summary>Reads a volume's attributes.</summary>
internal static class VolumeReader
{
    public static DocumentVolume Read(Node node)
    {
        var volume = new DocumentVolume(node.Required("name"))
        {
            Pool = node.Optional("pool"),
            Vid = node.Optional("vid"),
            Size = node.Number("size", 0, long.MaxValue),
            Writable = node.Flag("rw"),
            SnapOnStart = node.Flag("snap_on_start"),
            SaveOnStop = node.Flag("save_on_stop"),
            Source = node.Optional("source"),
            RevisionsToKeep = (int?)node.Number("revisions_to_keep", -1, int.MaxValue),
            Ephemeral = node.Flag("ephemeral"),
        };
        node.End();
        return volume;
    }
}
