using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Qubes.Kernel.Store;
using Qubes.Kernel.Tests.Plugins;

namespace Qubes.Kernel.Tests.Store;

/// <summary>SQLite is made to fail in the middle of a transaction by a trigger that another program put into the file.</summary>
public sealed class CommitFailureTests : IDisposable
{
    private readonly StateDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("ABORT")]
    [InlineData("FAIL")]
    [InlineData("ROLLBACK")]
    public async Task Nothing_of_a_failed_commit_is_stored_and_all_of_it_by_the_next(string how)
    {
        await using (var store = directory.Open())
        {
            FailOnSettings(how);
            store.PutSystemProperty("first", "1");
            store.PutSetting("second", "2");
            Assert.Throws<SqliteException>(store.Commit);
            Assert.Empty(StateText.Of(store.Load()));
            store.PutSystemProperty("third", "3");
            Assert.Throws<SqliteException>(store.Commit);
            directory.Sql("DROP TRIGGER full");
            store.Commit();
        }
        Assert.Equal(
            ["system first = '1'", "system third = '3'", "setting second = '2'"], StateText.Of(await directory.ReloadAsync()));
    }

    [Fact]
    public async Task Changes_that_are_lost_at_the_end_are_logged()
    {
        var log = new CapturedLog();
        using var loggers = new LoggerFactory([log]);
        await using (var store = StateStore.Open(directory.File, loggers.CreateLogger<StateStore>()))
        {
            FailOnSettings("ABORT");
            store.PutSetting("x", "1");
            store.PutSetting("y", "1");
            Assert.Throws<SqliteException>(store.Commit);
        }
        Assert.EndsWith($"{directory.File} is closed with 2 changes that could not be saved", Assert.Single(log.Lines));
    }

    private void FailOnSettings(string how) => directory.Sql(
        $"CREATE TRIGGER full BEFORE INSERT ON setting BEGIN SELECT RAISE({how}, 'database or disk is full'); END");
}
