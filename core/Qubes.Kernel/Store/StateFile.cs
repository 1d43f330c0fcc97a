using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Store;

/// <summary>
/// The state file, opened by this process alone, sound, and of the schema asked for. A file that is none of these is
/// refused and left as it is.
/// </summary>
internal sealed class StateFile : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // What open(2) and flock(2) say when another process holds the lock.
    private const int WouldBlock = 11;

    private readonly FileStream _lock;

    private StateFile(string path, FileStream held, SqliteConnection connection)
    {
        Path = path;
        _lock = held;
        Connection = connection;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>The only connection; used by one thread at a time.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>Opens the file, after making it, its directory and its tables where missing.</summary>
    /// <exception cref="QubesException">It is refused: the message says why, in one line.</exception>
    public static StateFile Open(string path, StateSchema schema, ILogger logger)
    {
        SystemSqlite.Require();
        FileStream? held = null;
        SqliteConnection? connection = null;
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            held = Lock(path);
            MakePrivate(path);
            connection = Connect(path);
            Prepare(connection, path, schema, logger);
            return new StateFile(path, held, connection);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            held?.Dispose();
            if (e is SqliteException or IOException or UnauthorizedAccessException)
                throw new QubesException($"{path} cannot be used and is left as it is: {e.Message}", e);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Connection.Dispose();
        _lock.Dispose();
    }

    // A file of its own, because SQLite's locks come and go with transactions. The lock ends with the process, however it ends.
    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path + ".lock", new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = Private,
            });
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new QubesException($"{path} is in use by another process: only one daemon can use a state directory.", e);
        }
    }

    // Before SQLite opens it: its journal files are made with the same mode.
    private static void MakePrivate(string path)
    {
        var journal = new FileInfo(path + "-wal");
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
            UnixCreateMode = Private,
        });
        File.SetUnixFileMode(file.SafeFileHandle, Private);
        // SQLite would take the file for a new one and delete the journal.
        if (file.Length == 0 && journal is { Exists: true, Length: > 0 })
            throw new QubesException($"{path} is refused: it is empty, but its journal {journal.Name} is not; put back a copy.");
    }

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            ForeignKeys = true,
            Pooling = false,
            // Seconds to wait for somebody who looks at the file with another tool; it holds the kernel loop.
            DefaultTimeout = 1,
        }.ToString());
        connection.Open();
        return connection;
    }

    private static void Prepare(SqliteConnection connection, string path, StateSchema schema, ILogger logger)
    {
        Pragma(connection, path, "trusted_schema = OFF", null);
        var version = schema.Examine(connection, path);
        Pragma(connection, path, "quick_check", "ok");
        Pragma(connection, path, "journal_mode = WAL", "wal");
        Pragma(connection, path, "synchronous = FULL", null);
        // KiB: holds the whole state of thousands of qubes, so that a commit reads nothing from the file.
        Pragma(connection, path, "cache_size = -16384", null);
        if (version == schema.Version)
            return;
        if (version > 0)
        {
            var copy = $"{path}.v{version}";
            Log.Migrating(logger, path, version, schema.Version, copy);
            Copy(connection, copy);
        }
        schema.Migrate(connection, version);
    }

    private static void Pragma(SqliteConnection connection, string path, string pragma, string? expected)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA " + pragma;
        var answer = command.ExecuteScalar() as string;
        if (expected is not null && answer != expected)
            throw new QubesException(
                $"{path} cannot be used and is left as it is: SQLite's {pragma} says: {answer?.ReplaceLineEndings(" ")}");
    }

    // Through SQLite, so that what is still in the journal is in the copy; under its name only when it is complete.
    private static void Copy(SqliteConnection connection, string copy)
    {
        var partial = copy + ".partial";
        File.Delete(partial);
        new FileStream(partial, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = Private,
        }).Dispose();
        using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $1";
        command.Parameters.AddWithValue("$1", partial);
        command.ExecuteNonQuery();
        using (var written = new FileStream(partial, FileMode.Open, FileAccess.ReadWrite))
            written.Flush(flushToDisk: true);
        File.Move(partial, copy, overwrite: true);
    }
}
