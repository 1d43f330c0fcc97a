using System.Runtime.InteropServices;
using Qubes.Sdk.Errors;
using SQLitePCL;

namespace Qubes.Kernel.Store;

/// <summary>
/// Uses the distribution's SQLite, which gets the distribution's security updates, instead of a bundled one.
/// </summary>
internal static class SystemSqlite
{
    private const string Library = "libsqlite3.so.0";

    // STRICT tables.
    private const int Oldest = 3_037_000;

    private static readonly Lazy<int> Version = new(Load);

    /// <summary>Makes SQLite usable in this process.</summary>
    /// <exception cref="QubesException">The library is missing or too old.</exception>
    public static void Require()
    {
        if (Version.Value < Oldest)
            throw new QubesException($"{Library} is too old: SQLite 3.37 or newer is needed.");
    }

    private static int Load()
    {
        if (!NativeLibrary.TryLoad(Library, out var handle))
            throw new QubesException($"{Library} cannot be loaded: install SQLite 3.37 or newer (Debian package libsqlite3-0).");
        NativeLibrary.SetDllImportResolver(
            typeof(SQLite3Provider_e_sqlite3).Assembly, (name, _, _) => name == "e_sqlite3" ? handle : IntPtr.Zero);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return raw.sqlite3_libversion_number();
    }
}
