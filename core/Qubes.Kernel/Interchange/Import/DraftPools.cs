using System.Text.RegularExpressions;
using Qubes.Kernel.Interchange.Xml;
using Qubes.Kernel.Store;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Interchange.Import;

/// <summary>Pools as they are configured; whether a plugin has the driver shows when they are opened.</summary>
internal static partial class DraftPools
{
    /// <exception cref="QubesException">A name or a common option is none.</exception>
    public static StoredPool Checked(StoredPool pool, QubesPaths paths)
    {
        if (!Word().IsMatch(pool.Name) || !Word().IsMatch(pool.Driver))
            throw new QubesException(
                $"It is refused: pool '{Node.Shown(pool.Name)}' of driver '{Node.Shown(pool.Driver)}': letters, digits, '-', '_' and '.' are accepted");
        foreach (var (name, value) in pool.Options)
        {
            if (value.Any(char.IsControl))
                throw new QubesException($"It is refused: pool '{pool.Name}' has a control character in its option '{Node.Shown(name)}'");
        }
        // Read by everybody who asks for a volume's settings.
        var configuration = new PoolConfiguration(pool.Name, pool.Driver, pool.Options);
        _ = (configuration.RevisionsToKeep, configuration.EphemeralVolatile);
        return StateFolder.Entered(pool, paths);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_.\-]{1,255}\z")]
    private static partial Regex Word();
}
