using Microsoft.Data.Sqlite;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Store;

/// <summary>
/// The tables of the state file. The file says which version it has (<c>user_version</c>); the n-th migration takes it from
/// version n to n + 1, version 0 being an empty file.
/// </summary>
internal sealed class StateSchema(IReadOnlyList<string> migrations)
{
    /// <summary>Marks a SQLite file as ours (<c>application_id</c>): "Qube".</summary>
    public const int ApplicationId = 0x51756265;

    /// <summary>What this program reads and writes. A released migration is never changed: add another.</summary>
    public static StateSchema Current { get; } = new([StateTables.Version1, StateTables.Version2]);

    /// <summary>The version this schema ends with.</summary>
    public int Version => migrations.Count;

    /// <summary>Says which version the file has, without changing it; 0: it is empty.</summary>
    /// <exception cref="QubesException">It is not ours, damaged, or newer than this program.</exception>
    public int Examine(SqliteConnection connection, string path)
    {
        var version = (int)Number(connection, "PRAGMA user_version");
        var id = Number(connection, "PRAGMA application_id");
        if (id == 0 && version == 0 && Number(connection, "SELECT count(*) FROM sqlite_schema") == 0)
            return 0;
        if (id != ApplicationId || version < 1)
            throw new QubesException($"{path} is refused: it is a SQLite file, but not one of this program's.");
        if (version > Version)
            throw new QubesException(
                $"{path} is refused: its schema is version {version}, newer than {Version}, the newest this program knows;"
                + $" use the newer program, or put back the copy {path}.v{Version}.");
        return version;
    }

    /// <summary>Brings the file to this schema, in one transaction.</summary>
    public void Migrate(SqliteConnection connection, int from)
    {
        using var transaction = connection.BeginTransaction();
        foreach (var migration in migrations.Skip(from))
            Execute(connection, migration);
        Execute(connection, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}");
        transaction.Commit();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
