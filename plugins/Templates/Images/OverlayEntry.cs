namespace Qubes.Plugins.Templates.Images;

/// <summary>Something that is laid over the packages' files; the owner is root.</summary>
/// <param name="Path">In the image, relative to its root.</param>
/// <param name="Mode">Permission bits.</param>
internal abstract record OverlayEntry(string Path, UnixFileMode Mode)
{
    public const UnixFileMode ReadableMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public const UnixFileMode ExecutableMode =
        ReadableMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
}

/// <summary>A copy of a file of the host.</summary>
internal sealed record OverlayCopy(string Path, UnixFileMode Mode, string Source) : OverlayEntry(Path, Mode);

/// <summary>A small file with this text.</summary>
internal sealed record OverlayText(string Path, string Text) : OverlayEntry(Path, ReadableMode);

/// <summary>A symbolic link.</summary>
internal sealed record OverlayLink(string Path, string Target) : OverlayEntry(Path, ExecutableMode);

/// <summary>A directory; one that is there keeps its mode.</summary>
internal sealed record OverlayFolder(string Path) : OverlayEntry(Path, ExecutableMode)
{
    /// <summary>Owner and group.</summary>
    public int Owner { get; init; }
}
