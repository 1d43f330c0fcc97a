using Qubes.Plugins.Templates.Processes;

namespace Qubes.Plugins.Templates.Images;

/// <summary>Makes ext4 images of directories, without mounting.</summary>
internal static class Ext4Image
{
    /// <summary>Of what this makes; part of the key.</summary>
    public const int Version = 1;

    // No checksums, which an emulated processor pays for on every access; nothing that is left to do at the first mount; a
    // small journal, for the template's own starts; fewer inodes than usual, one for each 32 KiB.
    private static readonly string[] _options =
    [
        "-q", "-F", "-t", "ext4", "-m", "0", "-b", "4096", "-i", "32768", "-J", "size=4",
        "-O", "^metadata_csum,^uninit_bg,^resize_inode,^64bit",
        "-E", "assume_storage_prezeroed=1,lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0",
    ];

    /// <summary>Writes an image; parts that hold nothing take no room.</summary>
    /// <param name="source">The directory.</param>
    /// <param name="target">The image; must not exist.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="onLine">Gets what the tool says.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task MakeAsync(string source, string target, long size, Action<string> onLine, CancellationToken cancel)
    {
        var command = new ToolCommand("mke2fs", [.. _options, "-d", source, "--", target, $"{size >> 10}k"])
        {
            WorkingDirectory = Path.GetDirectoryName(target)!,
            OnLine = onLine,
        };
        await ToolRunner.RunAsync(command, cancel);
    }
}
