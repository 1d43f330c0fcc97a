using Qubes.Kernel.Store;
using Qubes.Sdk.Hosting;

namespace Qubes.Kernel.Interchange;

/// <summary>
/// A file names <c>/var/lib/qubes</c> and what is below it as on a real system. Under a <c>QUBES_ROOT</c> that is the
/// directory below it, never the real one.
/// </summary>
internal static class StateFolder
{
    private const string Option = "dir_path";
    private const string Real = "/var/lib/qubes";

    /// <summary>The pool as this daemon is to have it.</summary>
    public static StoredPool Entered(StoredPool pool, QubesPaths paths) => Moved(pool, Real, paths.State);

    /// <summary>The pool as a file names it.</summary>
    public static StoredPool Left(StoredPool pool, QubesPaths paths) => Moved(pool, paths.State, Real);

    private static StoredPool Moved(StoredPool pool, string from, string to)
    {
        if (from == to || !pool.Options.TryGetValue(Option, out var path) || !(path + "/").StartsWith(from + "/", StringComparison.Ordinal))
            return pool;
        var options = new OrderedDictionary<string, string>(pool.Options, StringComparer.Ordinal) { [Option] = to + path[from.Length..] };
        return pool with { Options = options };
    }
}
