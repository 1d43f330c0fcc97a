using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool.Drivers;

/// <summary>The option <c>dir_path</c>, which all drivers of this plugin have.</summary>
internal static class DirectoryOption
{
    public const string Name = "dir_path";

    /// <summary>The directory, without a slash at its end.</summary>
    /// <exception cref="StorageException">It is missing or not absolute.</exception>
    public static string Read(PoolConfiguration configuration) =>
        configuration.Options.TryGetValue(Name, out var directory) && Path.IsPathFullyQualified(directory)
            ? Path.TrimEndingDirectorySeparator(directory)
            : throw new StorageException($"Pool {configuration.Name}: option {Name} must be an absolute path");

    /// <exception cref="StorageException">There is an option that is not among those known.</exception>
    public static void RefuseUnknown(PoolConfiguration configuration, IReadOnlyList<string> known)
    {
        if (configuration.Options.Keys.FirstOrDefault(option => !known.Contains(option)) is { } unknown)
        {
            throw new StorageException(
                $"Pool {configuration.Name}: driver {configuration.Driver} knows no option '{unknown}', only {string.Join(", ", known)}");
        }
    }
}
