namespace Qubes.Convert.Guest.Input;

/// <summary>Finds an icon of the desktop's fall-back theme by name, the largest first.</summary>
internal static class IconTheme
{
    private static readonly string[] _folders =
    [
        "/usr/share/icons/hicolor/256x256/apps", "/usr/share/icons/hicolor/128x128/apps", "/usr/share/icons/hicolor/64x64/apps",
        "/usr/share/icons/hicolor/48x48/apps", "/usr/share/icons/hicolor/32x32/apps", "/usr/share/icons/hicolor/scalable/apps",
        "/usr/share/pixmaps",
    ];

    private static readonly string[] _extensions = [".png", ".svg"];

    /// <exception cref="ConversionException">The name has a slash in it, or there is no such icon.</exception>
    public static string Find(string name)
    {
        if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal))
            throw new ConversionException(ConversionStatus.Unspecified, "icon refused: a plain icon name is accepted");
        foreach (string folder in _folders)
        {
            foreach (string extension in _extensions)
            {
                string path = Path.Combine(folder, name + extension);
                if (File.Exists(path))
                    return path;
            }
        }

        throw new ConversionException(ConversionStatus.Unspecified, "no icon of that name in this qube");
    }
}
