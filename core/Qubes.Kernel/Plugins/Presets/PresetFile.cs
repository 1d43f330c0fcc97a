using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Plugins.Presets;

/// <summary>The preset file in which the daemon keeps what an administrator told it about single plugins.</summary>
/// <param name="directory">The administrator's presets.</param>
internal sealed class PresetFile(string directory)
{
    /// <summary>Its name, early in the order of files.</summary>
    public const string Name = "00-qubes-plugin.preset";

    private const string Head = "# Written by qubes-plugin enable and disable; the first line that matches a plugin's name decides.";

    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes down whether a plugin is enabled; the file is replaced as a whole, and durable when this returns.</summary>
    /// <exception cref="QubesException">It cannot be written.</exception>
    public void Set(string plugin, bool enable)
    {
        var path = Path.Combine(directory, Name);
        var next = path + ".new";
        try
        {
            Directory.CreateDirectory(directory);
            var others = File.Exists(path) ? File.ReadLines(path).Where(line => line != Head && !IsAbout(line, plugin)).ToList() : [];
            using (var file = new FileStream(next, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = Mode,
            }))
            {
                using (var writer = new StreamWriter(file, leaveOpen: true))
                {
                    foreach (var line in others.Prepend($"{(enable ? "enable" : "disable")} {plugin}").Prepend(Head))
                        writer.Write(line + "\n");
                }
                file.Flush(flushToDisk: true);
            }
            File.Move(next, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QubesException($"{path} cannot be written: {e.Message}", e);
        }
    }

    private static bool IsAbout(string line, string plugin) => PresetRule.TryParse(line, out var rule) && rule.Pattern == plugin;
}
