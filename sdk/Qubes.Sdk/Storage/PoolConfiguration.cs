using System.Globalization;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Storage;

/// <summary>How a pool is configured.</summary>
/// <param name="Name">Characters <c>A-Za-z0-9-_.</c></param>
/// <param name="Driver">The driver's name, e.g. <c>file</c>.</param>
/// <param name="Options">The driver's options, e.g. <c>dir_path</c>.</param>
public sealed record PoolConfiguration(string Name, string Driver, IReadOnlyDictionary<string, string> Options)
{
    /// <summary>Old versions kept of volumes that do not say; -1: none, and no snapshots. Default 1.</summary>
    /// <exception cref="StorageException">The option is not a number of at least -1.</exception>
    public int RevisionsToKeep
    {
        get
        {
            if (!Options.TryGetValue("revisions_to_keep", out var text))
                return 1;
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= -1
                ? number
                : throw new StorageException($"Pool {Name}: option revisions_to_keep must be a number, -1 or more");
        }
    }

    /// <summary>Volatile volumes that do not say are ephemeral. Default false.</summary>
    /// <exception cref="StorageException">The option is neither <c>True</c> nor <c>False</c>.</exception>
    public bool EphemeralVolatile => Flag("ephemeral_volatile", otherwise: false);

    /// <summary>An option that is <c>True</c> or <c>False</c>.</summary>
    /// <exception cref="StorageException">It is neither.</exception>
    public bool Flag(string option, bool otherwise) => Options.GetValueOrDefault(option) switch
    {
        null => otherwise,
        "True" => true,
        "False" => false,
        _ => throw new StorageException($"Pool {Name}: option {option} must be True or False"),
    };
}
