using Microsoft.Data.Sqlite;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Store;

/// <summary>Reads the whole state file.</summary>
internal sealed class StateReader(StateFile file)
{
    /// <inheritdoc cref="StateStore.Load"/>
    public StoredState Read()
    {
        try
        {
            return new StoredState
            {
                Qubes = Rows("SELECT qid, uuid, name, class FROM qube ORDER BY qid", row =>
                    new StoredQube(Int(row, 0), Guid.ParseExact(row.GetString(1), "D"), row.GetString(2), row.GetString(3))),
                Properties = ByQid("SELECT qid, name, value FROM property ORDER BY qid, name",
                    row => new StoredProperty(row.GetString(1), Text(row, 2))),
                Features = ByQid("SELECT qid, name, value FROM feature ORDER BY position",
                    row => new StoredFeature(row.GetString(1), row.GetString(2))),
                Tags = ByQid("SELECT qid, name FROM tag ORDER BY qid, name", row => row.GetString(1)),
                Volumes = ByQid("""
                    SELECT qid, name, position, pool, vid, size, writable, snap_on_start, save_on_stop,
                        source_qid, source_volume, revisions_to_keep, ephemeral
                    FROM volume ORDER BY qid, position, name
                    """, Volume),
                Documents = ByQid("SELECT qid, kind, content FROM document ORDER BY qid, kind",
                    row => KeyValuePair.Create(row.GetString(1), row.GetString(2))),
                SystemProperties = Rows("SELECT name, value FROM system_property ORDER BY name",
                    row => KeyValuePair.Create(row.GetString(0), Text(row, 1))).ToDictionary(),
                Pools = Pools(),
                Labels = Rows("SELECT idx, name, color FROM label ORDER BY idx",
                    row => new StoredLabel(Int(row, 0), row.GetString(1), row.GetString(2))),
                Settings = Rows("SELECT key, value FROM setting ORDER BY key",
                    row => KeyValuePair.Create(row.GetString(0), row.GetString(1))).ToDictionary(),
            };
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidOperationException or SqliteException)
        {
            throw new QubesException($"{file.Path} is refused and left as it is: it is damaged: {e.Message}", e);
        }
    }

    private static StoredVolume Volume(SqliteDataReader row) => new(
        Qid: Int(row, 0), Name: row.GetString(1), Position: Int(row, 2), Pool: row.GetString(3), Vid: row.GetString(4),
        Size: row.GetInt64(5), Writable: row.GetBoolean(6), SnapOnStart: row.GetBoolean(7), SaveOnStop: row.GetBoolean(8),
        SourceQid: row.IsDBNull(9) ? null : Int(row, 9), SourceVolume: Text(row, 10),
        RevisionsToKeep: row.IsDBNull(11) ? null : Int(row, 11), Ephemeral: row.IsDBNull(12) ? null : row.GetBoolean(12));

    private List<StoredPool> Pools()
    {
        var options = Rows("SELECT pool, name, value FROM pool_option ORDER BY position",
                row => (Pool: row.GetString(0), Option: KeyValuePair.Create(row.GetString(1), row.GetString(2))))
            .ToLookup(row => row.Pool, row => row.Option);
        return Rows("SELECT name, driver FROM pool ORDER BY position", row =>
            new StoredPool(row.GetString(0), row.GetString(1), new OrderedDictionary<string, string>(options[row.GetString(0)])));
    }

    private ILookup<int, T> ByQid<T>(string sql, Func<SqliteDataReader, T> read) =>
        Rows(sql, row => (Qid: Int(row, 0), Item: read(row))).ToLookup(row => row.Qid, row => row.Item);

    private List<T> Rows<T>(string sql, Func<SqliteDataReader, T> read)
    {
        using var command = file.Connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    private static int Int(SqliteDataReader row, int column) => checked((int)row.GetInt64(column));

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
