using Qubes.Policy.Language;

namespace Qubes.Policy.Loading;

/// <summary>Reads the whole policy (spec: policy, sections 1, 2 and 8).</summary>
public static class PolicyLoader
{
    /// <summary>All rules in order.</summary>
    /// <exception cref="PolicyLoadException">Anything is wrong with any of it; the first mistake in reading order.</exception>
    public static LoadedPolicy Load(PolicyDirectories directories, IPolicyFiles files)
    {
        PolicyReader reader = new(files, directories.Legacy);
        SortedDictionary<string, string> from = new(StringComparer.Ordinal);
        foreach (string directory in (string[])[directories.Fixed, directories.Runtime])
        {
            foreach (string name in reader.Names(directory) ?? throw new PolicyLoadException(directory, null, "there is no such directory"))
                from[name] = directory;
        }
        foreach (var (name, directory) in from)
            reader.ReadFile(Path.Combine(directory, name), directory);
        return new LoadedPolicy(reader.Rules);
    }

    /// <summary>The rules of one file of five columns, and of those it includes.</summary>
    /// <param name="path">The file; its name does not matter.</param>
    /// <param name="directory">The policy directory that its includes begin at.</param>
    /// <param name="legacyDirectory">What <c>!compat-4.0</c> in it means.</param>
    /// <param name="files">Where the bytes come from.</param>
    /// <exception cref="PolicyLoadException">Anything is wrong with any of it.</exception>
    public static LoadedPolicy LoadFile(string path, string directory, string legacyDirectory, IPolicyFiles files)
    {
        PolicyReader reader = new(files, legacyDirectory);
        reader.ReadFile(path, directory);
        return new LoadedPolicy(reader.Rules);
    }
}
