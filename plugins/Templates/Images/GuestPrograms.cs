namespace Qubes.Plugins.Templates.Images;

/// <summary>The commands that people, other programs and the standard services use inside a qube: links to one program.</summary>
internal static class GuestPrograms
{
    private const string Program = "qubes-guest-tools";
    private const string Folder = "usr/lib/qubes/";

    private static readonly string[] _commands =
    [
        "qvm-copy", "qvm-copy-to-vm", "qvm-move", "qvm-move-to-vm", "qvm-open-in-vm", "qvm-open-in-dvm", "qvm-run-vm",
        "qvm-convert-pdf", "qvm-convert-img",
    ];

    private static readonly string[] _partsOfCalls = ["qfile-agent", "qfile-unpacker", "qopen-in-vm", "vm-file-editor"];

    /// <param name="program">Where the program is on this host.</param>
    public static IEnumerable<OverlayEntry> From(string program) =>
    [
        new OverlayCopy(Folder + Program, OverlayEntry.ExecutableMode, program),
        .. _commands.Select(name => new OverlayLink("usr/bin/" + name, "../lib/qubes/" + Program)),
        .. _partsOfCalls.Select(name => new OverlayLink(Folder + name, Program)),
    ];
}
