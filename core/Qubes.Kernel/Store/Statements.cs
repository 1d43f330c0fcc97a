using Microsoft.Data.Sqlite;

namespace Qubes.Kernel.Store;

/// <summary>The prepared statements of the store's writes; they are closed with their connection.</summary>
/// <param name="prepare">Prepares one for the store's connection.</param>
internal sealed class Statements(Func<string, SqliteCommand> prepare)
{
    // Rows are changed in place: replacing one would delete what refers to it, and lose its position.

    public SqliteCommand PutQube { get; } = prepare("""
        INSERT INTO qube (qid, uuid, name, class) VALUES ($1, $2, $3, $4)
        ON CONFLICT (qid) DO UPDATE SET uuid = excluded.uuid, name = excluded.name, class = excluded.class
        """);

    public SqliteCommand DeleteQube { get; } = prepare("DELETE FROM qube WHERE qid = $1");

    public SqliteCommand PutProperty { get; } = prepare("""
        INSERT INTO property (qid, name, value) VALUES ($1, $2, $3)
        ON CONFLICT (qid, name) DO UPDATE SET value = excluded.value
        """);

    public SqliteCommand DeleteProperty { get; } = prepare("DELETE FROM property WHERE qid = $1 AND name = $2");

    public SqliteCommand PutFeature { get; } = prepare("""
        INSERT INTO feature (qid, name, value) VALUES ($1, $2, $3)
        ON CONFLICT (qid, name) DO UPDATE SET value = excluded.value
        """);

    public SqliteCommand DeleteFeature { get; } = prepare("DELETE FROM feature WHERE qid = $1 AND name = $2");

    public SqliteCommand PutTag { get; } = prepare("INSERT INTO tag (qid, name) VALUES ($1, $2) ON CONFLICT DO NOTHING");

    public SqliteCommand DeleteTag { get; } = prepare("DELETE FROM tag WHERE qid = $1 AND name = $2");

    public SqliteCommand PutVolume { get; } = prepare("""
        INSERT INTO volume (qid, name, position, pool, vid, size, writable, snap_on_start, save_on_stop,
            source_qid, source_volume, revisions_to_keep, ephemeral)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (qid, name) DO UPDATE SET position = excluded.position, pool = excluded.pool, vid = excluded.vid,
            size = excluded.size, writable = excluded.writable, snap_on_start = excluded.snap_on_start,
            save_on_stop = excluded.save_on_stop, source_qid = excluded.source_qid,
            source_volume = excluded.source_volume, revisions_to_keep = excluded.revisions_to_keep,
            ephemeral = excluded.ephemeral
        """);

    public SqliteCommand DeleteVolume { get; } = prepare("DELETE FROM volume WHERE qid = $1 AND name = $2");

    public SqliteCommand PutDocument { get; } = prepare("""
        INSERT INTO document (qid, kind, content) VALUES ($1, $2, $3)
        ON CONFLICT (qid, kind) DO UPDATE SET content = excluded.content
        """);

    public SqliteCommand DeleteDocument { get; } = prepare("DELETE FROM document WHERE qid = $1 AND kind = $2");

    public SqliteCommand PutSystemProperty { get; } = prepare("""
        INSERT INTO system_property (name, value) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """);

    public SqliteCommand DeleteSystemProperty { get; } = prepare("DELETE FROM system_property WHERE name = $1");

    public SqliteCommand PutPool { get; } = prepare("""
        INSERT INTO pool (name, driver) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET driver = excluded.driver
        """);

    public SqliteCommand ClearPoolOptions { get; } = prepare("DELETE FROM pool_option WHERE pool = $1");

    public SqliteCommand AddPoolOption { get; } = prepare("INSERT INTO pool_option (pool, name, value) VALUES ($1, $2, $3)");

    public SqliteCommand DeletePool { get; } = prepare("DELETE FROM pool WHERE name = $1");

    public SqliteCommand PutLabel { get; } = prepare("""
        INSERT INTO label (idx, name, color) VALUES ($1, $2, $3)
        ON CONFLICT (idx) DO UPDATE SET name = excluded.name, color = excluded.color
        """);

    public SqliteCommand DeleteLabel { get; } = prepare("DELETE FROM label WHERE idx = $1");

    public SqliteCommand PutSetting { get; } = prepare("""
        INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value
        """);
}
