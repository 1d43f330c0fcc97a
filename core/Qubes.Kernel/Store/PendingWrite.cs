using Microsoft.Data.Sqlite;

namespace Qubes.Kernel.Store;

/// <summary>A change that waits for the next commit.</summary>
/// <param name="Command">Prepared, with parameters <c>$1</c>, <c>$2</c>, …</param>
/// <param name="Values">One for each parameter.</param>
internal readonly record struct PendingWrite(SqliteCommand Command, object?[] Values)
{
    /// <summary>Executes it within the current transaction.</summary>
    public void Execute()
    {
        for (var i = 0; i < Values.Length; i++)
            Command.Parameters[i].Value = Values[i] ?? DBNull.Value;
        Command.ExecuteNonQuery();
    }
}
