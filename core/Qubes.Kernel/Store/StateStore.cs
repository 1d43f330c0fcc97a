using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Qubes.Kernel.Loop;
using Qubes.Sdk.Errors;
using SQLitePCL;

namespace Qubes.Kernel.Store;

/// <summary>
/// The durable state: a SQLite file with a row for each qube, property, feature, tag, … Writes are kept in memory, in order,
/// until the kernel loop commits them as one transaction that is on disk when it returns; a crash loses whole transactions
/// from the end, never parts of one. Not thread-safe: used on the kernel loop once that runs.
/// </summary>
internal sealed partial class StateStore : ITurnCommitter, IStateWriter, IAsyncDisposable
{
    private readonly List<PendingWrite> _pending = [];
    private readonly HashSet<int> _qids;
    private readonly StateFile _file;
    private readonly ILogger<StateStore> _logger;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _rollBack;

    private StateStore(StateFile file, ILogger<StateStore> logger)
    {
        _file = file;
        _logger = logger;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollBack = Prepare("ROLLBACK");
        _statements = new Statements(Prepare);
        _qids = [.. Load().Qubes.Select(qube => qube.Qid)];
    }

    /// <inheritdoc/>
    public long Changes { get; private set; }

    /// <summary>Opens the store, or makes a new one. The file is private to the user, and locked until disposal.</summary>
    /// <param name="path">e.g. <c>/var/lib/qubes/state.db</c>.</param>
    /// <param name="logger">For migrations and unsaved changes.</param>
    /// <exception cref="QubesException">
    /// In use by another process, damaged, not ours, or of a newer schema; it is left as it is.
    /// </exception>
    public static StateStore Open(string path, ILogger<StateStore> logger) => Open(path, StateSchema.Current, logger);

    /// <inheritdoc cref="Open(string, ILogger{StateStore})"/>
    internal static StateStore Open(string path, StateSchema schema, ILogger<StateStore> logger)
    {
        var file = StateFile.Open(path, schema, logger);
        try
        {
            return new StateStore(file, logger);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads everything that was committed.</summary>
    /// <exception cref="QubesException">The file holds values that this program never writes.</exception>
    public StoredState Load() => new StateReader(_file).Read();

    /// <inheritdoc/>
    /// <exception cref="SqliteException">e.g. a full disk. Nothing was stored; the changes wait for the next commit.</exception>
    public void Commit()
    {
        if (_pending.Count == 0)
            return;
        _begin.ExecuteNonQuery();
        try
        {
            foreach (var write in _pending)
                write.Execute();
            _commit.ExecuteNonQuery();
        }
        finally
        {
            // Still in the transaction: something failed, and SQLite has not rolled back by itself.
            if (raw.sqlite3_get_autocommit(_file.Connection.Handle) == 0)
                _rollBack.ExecuteNonQuery();
        }
        _pending.Clear();
    }

    /// <summary>Closes the file. What could not be committed is lost, and logged.</summary>
    public ValueTask DisposeAsync()
    {
        if (_pending.Count > 0)
            Log.ClosedUnsaved(_logger, _file.Path, _pending.Count);
        _pending.Clear();
        _file.Dispose();
        return default;
    }

    private SqliteCommand Prepare(string sql)
    {
        var command = _file.Connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; sql.Contains($"${i}", StringComparison.Ordinal); i++)
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}", Value = DBNull.Value });
        command.Prepare();
        return command;
    }
}
