using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Qubes.Kernel.Store;
using Qubes.Kernel.Tests.Plugins;

namespace Qubes.Kernel.Tests.Store;

/// <summary>A state file in a directory of its own.</summary>
internal sealed class StateDirectory : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public string File => directory.Path + "/lib/state.db";

    public StateStore Open() => StateStore.Open(File, NullLogger<StateStore>.Instance);

    public StateStore Open(StateSchema schema) => StateStore.Open(File, schema, NullLogger<StateStore>.Instance);

    /// <summary>Makes a store with one qube, and closes it.</summary>
    public async Task PopulateAsync()
    {
        await using var store = Open();
        store.PutQube(new StoredQube(1, Guid.Empty, "work", "AppVM"));
        store.Commit();
    }

    /// <summary>What a new process would find.</summary>
    public async Task<StoredState> ReloadAsync()
    {
        await using var store = Open();
        return store.Load();
    }

    /// <summary>Looks at the file, or meddles with it, as another program would.</summary>
    public object? Sql(string sql, string? file = null)
    {
        SystemSqlite.Require();
        using var connection = new SqliteConnection($"Data Source={file ?? File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose() => directory.Dispose();
}
