namespace Qubes.Kernel.Store;

/// <summary>The migrations' texts.</summary>
internal static class StateTables
{
    /// <summary>
    /// One row for each qube, property, feature, tag, … No constraint but keys and the reference to the qube: a rule of the
    /// domain model that were checked only here could keep a turn from ever being saved.
    /// </summary>
    public const string Version1 = """
        CREATE TABLE qube (
            qid INTEGER PRIMARY KEY,
            uuid TEXT NOT NULL,
            name TEXT NOT NULL,
            class TEXT NOT NULL) STRICT;

        CREATE TABLE property (
            qid INTEGER NOT NULL REFERENCES qube ON DELETE CASCADE,
            name TEXT NOT NULL,
            value TEXT,
            PRIMARY KEY (qid, name)) STRICT, WITHOUT ROWID;

        CREATE TABLE feature (
            position INTEGER PRIMARY KEY,
            qid INTEGER NOT NULL REFERENCES qube ON DELETE CASCADE,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            UNIQUE (qid, name)) STRICT;

        CREATE TABLE tag (
            qid INTEGER NOT NULL REFERENCES qube ON DELETE CASCADE,
            name TEXT NOT NULL,
            PRIMARY KEY (qid, name)) STRICT, WITHOUT ROWID;

        CREATE TABLE volume (
            qid INTEGER NOT NULL REFERENCES qube ON DELETE CASCADE,
            name TEXT NOT NULL,
            position INTEGER NOT NULL,
            pool TEXT NOT NULL,
            vid TEXT NOT NULL,
            size INTEGER NOT NULL,
            writable INTEGER NOT NULL,
            snap_on_start INTEGER NOT NULL,
            save_on_stop INTEGER NOT NULL,
            source_qid INTEGER,
            source_volume TEXT,
            revisions_to_keep INTEGER NOT NULL,
            PRIMARY KEY (qid, name)) STRICT, WITHOUT ROWID;

        CREATE TABLE system_property (
            name TEXT PRIMARY KEY,
            value TEXT) STRICT, WITHOUT ROWID;

        CREATE TABLE pool (
            position INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            driver TEXT NOT NULL) STRICT;

        CREATE TABLE pool_option (
            position INTEGER PRIMARY KEY,
            pool TEXT NOT NULL REFERENCES pool (name) ON DELETE CASCADE,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            UNIQUE (pool, name)) STRICT;

        CREATE TABLE label (
            idx INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            color TEXT NOT NULL) STRICT;

        CREATE TABLE setting (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        """;

    /// <summary>
    /// Qubes have notes and firewall rules; a volume's revisions and encryption may be left to its pool. Version 1 wrote the
    /// pool's default of one revision into every volume.
    /// </summary>
    public const string Version2 = """
        CREATE TABLE document (
            qid INTEGER NOT NULL REFERENCES qube ON DELETE CASCADE,
            kind TEXT NOT NULL,
            content TEXT NOT NULL,
            PRIMARY KEY (qid, kind)) STRICT, WITHOUT ROWID;

        ALTER TABLE volume RENAME TO volume_1;

        CREATE TABLE volume (
            qid INTEGER NOT NULL REFERENCES qube ON DELETE CASCADE,
            name TEXT NOT NULL,
            position INTEGER NOT NULL,
            pool TEXT NOT NULL,
            vid TEXT NOT NULL,
            size INTEGER NOT NULL,
            writable INTEGER NOT NULL,
            snap_on_start INTEGER NOT NULL,
            save_on_stop INTEGER NOT NULL,
            source_qid INTEGER,
            source_volume TEXT,
            revisions_to_keep INTEGER,
            ephemeral INTEGER,
            PRIMARY KEY (qid, name)) STRICT, WITHOUT ROWID;

        INSERT INTO volume
            SELECT qid, name, position, pool, vid, size, writable, snap_on_start, save_on_stop, source_qid, source_volume,
                nullif(revisions_to_keep, 1), NULL
            FROM volume_1;

        DROP TABLE volume_1;
        """;
}
