using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Interchange.Import;

/// <summary>What a file that does not say means (spec: storage, section 5): what a volume of that name is for the class.</summary>
internal static class VolumeDefaults
{
    public const string Kernel = "kernel";
    private const long GiB = 1L << 30;

    public static IReadOnlyList<DocumentVolume> Of(DraftQube qube) => qube.Class switch
    {
        QubeClass.TemplateVM or QubeClass.StandaloneVM =>
            [Saved(qube, "root", 10 * GiB), Saved(qube, "private", 2 * GiB), Volatile(qube, 10 * GiB), OfKernel(qube)],
        QubeClass.AppVM => [Snapshot(qube, "root"), Saved(qube, "private", 2 * GiB), Volatile(qube, 10 * GiB), OfKernel(qube)],
        QubeClass.DispVM => [Snapshot(qube, "root"), Snapshot(qube, "private"), Volatile(qube, 12 * GiB), OfKernel(qube)],
        _ => [],
    };

    /// <summary>The volume with every setting that has a default.</summary>
    public static DocumentVolume Completed(DocumentVolume said, IReadOnlyList<DocumentVolume> defaults)
    {
        var usual = defaults.FirstOrDefault(d => d.Name == said.Name) ?? new DocumentVolume(said.Name) { Vid = "" };
        var isSnapshot = said.SnapOnStart ?? usual.SnapOnStart;
        return said with
        {
            Vid = said.Vid ?? usual.Vid,
            Size = said.Size ?? (isSnapshot == true ? null : usual.Size),
            Writable = said.Writable ?? usual.Writable,
            SnapOnStart = isSnapshot,
            SaveOnStop = said.SaveOnStop ?? usual.SaveOnStop,
        };
    }

    private static DocumentVolume Saved(DraftQube qube, string name, long size) =>
        new(name) { Vid = Vid(qube, name), Size = size, Writable = true, SnapOnStart = false, SaveOnStop = true };

    private static DocumentVolume Snapshot(DraftQube qube, string name) =>
        new(name) { Vid = Vid(qube, name), Writable = true, SnapOnStart = true, SaveOnStop = false };

    private static DocumentVolume Volatile(DraftQube qube, long size) =>
        new("volatile") { Vid = Vid(qube, "volatile"), Size = size, Writable = true, SnapOnStart = false, SaveOnStop = false };

    private static DocumentVolume OfKernel(DraftQube qube) =>
        new(Kernel) { Vid = qube.Source["kernel"] ?? "", Size = 0, Writable = false, SnapOnStart = false, SaveOnStop = false };

    private static string Vid(DraftQube qube, string name) =>
        $"{(qube.Class == QubeClass.TemplateVM ? "vm-templates" : "appvms")}/{qube.Name}/{name}";
}
