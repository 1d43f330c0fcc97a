using Microsoft.Extensions.Configuration;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Templates.Apt;

/// <summary>
/// Where packages come from: the host's own apt sources, as far as they are for the release (with its <c>-updates</c> and
/// <c>-security</c>), or the file that the setting <c>sources</c> names.
/// </summary>
internal sealed class AptSources(IConfiguration settings, string hostFolder = "/etc/apt")
{
    /// <summary>The sources in deb822 format.</summary>
    /// <exception cref="QubesException">There are none for the release.</exception>
    public string For(string suite)
    {
        if (settings["sources"] is { Length: > 0 } file)
            return ReadSetting(file);
        HashSet<string> suites = [suite, suite + "-updates", suite + "-security"];
        var stanzas = HostFiles().SelectMany(Read).Select(s => Deb822.Keep(s, suites)).OfType<Dictionary<string, string>>().ToList();
        return stanzas.Count > 0
            ? Deb822.Write(stanzas)
            : throw new QubesException(
                $"{hostFolder} has no package source for '{suite}'; add one, or name a file of sources "
                + "with 'sources' in the section [Templates]");
    }

    private static string ReadSetting(string file)
    {
        try
        {
            return Deb822.Write(Read(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QubesException($"The setting 'sources' names '{Printable.Of(file)}', which cannot be read: {e.Message}", e);
        }
    }

    private IEnumerable<string> HostFiles()
    {
        var parts = Path.Combine(hostFolder, "sources.list.d");
        IEnumerable<string> files = [Path.Combine(hostFolder, "sources.list")];
        if (Directory.Exists(parts))
        {
            var found = Directory.EnumerateFiles(parts, "*.list").Concat(Directory.EnumerateFiles(parts, "*.sources"));
            files = files.Concat(found.Order(StringComparer.Ordinal));
        }
        return files.Where(File.Exists);
    }

    private static IEnumerable<Dictionary<string, string>> Read(string file)
    {
        var text = File.ReadAllText(file);
        return file.EndsWith(".sources", StringComparison.Ordinal) ? Deb822.ReadStanzas(text) : Deb822.ReadLines(text);
    }
}
