using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Ini;
using Qubes.Sdk.Errors;

namespace Qubes.Daemon.Configuration;

/// <summary>
/// The daemon's configuration: INI, a section for each plugin and <c>[qubesd]</c> for the daemon. First the main file, then
/// <c>*.conf</c> of the directory beside it (<c>.d</c>) in the order of their names; what comes later wins.
/// </summary>
internal static class ConfigurationFiles
{
    /// <param name="main">The main file; nothing is missed when neither it nor the directory is there.</param>
    /// <exception cref="QubesException">A file cannot be read or is malformed.</exception>
    public static IConfigurationRoot Read(string main)
    {
        Dictionary<string, string?> settings = new(StringComparer.OrdinalIgnoreCase);
        foreach (var file in Files(main))
        {
            foreach (var (key, value) in ReadOne(file))
                settings[key] = value;
        }
        return new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
    }

    private static IEnumerable<string> Files(string main)
    {
        var files = File.Exists(main) ? [main] : Enumerable.Empty<string>();
        return Directory.Exists(main + ".d")
            ? files.Concat(Directory.GetFiles(main + ".d", "*.conf").Order(StringComparer.Ordinal))
            : files;
    }

    private static IDictionary<string, string?> ReadOne(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return IniStreamConfigurationProvider.Read(stream);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new QubesException($"{file} is not usable as configuration: {e.Message}", e);
        }
    }
}
