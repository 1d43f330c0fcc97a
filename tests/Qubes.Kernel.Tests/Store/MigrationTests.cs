using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Qubes.Kernel.Store;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Tests.Store;

public sealed class MigrationTests : IDisposable
{
    private const string Second = "CREATE TABLE extra (x TEXT) STRICT; INSERT INTO extra SELECT name FROM qube;";
    private const string Third = "ALTER TABLE extra ADD COLUMN y INTEGER; UPDATE extra SET y = 3;";

    private static readonly long Now = StateSchema.Current.Version;

    private readonly StateDirectory directory = new();

    private string Copy => $"{directory.File}.v{Now}";

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task An_older_file_is_migrated_step_by_step_and_a_copy_is_kept()
    {
        await directory.PopulateAsync();
        await using (directory.Open(Schema(Second, Third)))
        {
        }
        Assert.Equal(Now + 2, directory.Sql("PRAGMA user_version"));
        Assert.Equal("work 3", directory.Sql("SELECT x || ' ' || y FROM extra"));
        Assert.Equal(Now, directory.Sql("PRAGMA user_version", Copy));
        Assert.Equal("work", directory.Sql("SELECT name FROM qube", Copy));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Copy));
        Assert.False(File.Exists(Copy + ".partial"));
    }

    [Fact]
    public async Task The_copy_can_be_put_back()
    {
        await directory.PopulateAsync();
        await using (directory.Open(Schema(Second)))
        {
        }
        File.Move(Copy, directory.File, overwrite: true);
        Assert.Single((await directory.ReloadAsync()).Qubes);
    }

    [Fact]
    public async Task The_copy_has_what_was_only_in_the_journal()
    {
        await using (var writer = StateWriterProcess.Start(directory.File))
        {
            await writer.ReadAsync((word, number) => word == "saved" && number >= 5);
            await writer.KillAsync();
        }
        Assert.NotEqual(0, new FileInfo(directory.File + "-wal").Length);
        await using (directory.Open(Schema(Second)))
        {
        }
        var turn = int.Parse((string)directory.Sql("SELECT value FROM setting WHERE key = 'turn'", Copy)!);
        Assert.True(turn >= 5);
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_the_file_as_it_was()
    {
        await directory.PopulateAsync();
        var refused = Assert.Throws<QubesException>(() => directory.Open(Schema(Second, "NOT SQL")));
        Assert.IsType<SqliteException>(refused.InnerException);
        Assert.Equal(Now, directory.Sql("PRAGMA user_version"));
        Assert.Equal(0L, directory.Sql("SELECT count(*) FROM sqlite_schema WHERE name = 'extra'"));
        await using (directory.Open(Schema(Second)))
        {
        }
        Assert.Equal(Now + 1, directory.Sql("PRAGMA user_version"));
    }

    [Fact]
    public async Task A_newer_file_is_refused_with_both_versions()
    {
        await using (directory.Open(Schema(Second, Third)))
        {
        }
        var before = await File.ReadAllBytesAsync(directory.File);
        var refused = Assert.Throws<QubesException>(directory.Open);
        Assert.Equal(
            $"{directory.File} is refused: its schema is version {Now + 2}, newer than {Now}, the newest this program knows;"
            + $" use the newer program, or put back the copy {Copy}.",
            refused.Message);
        Assert.Equal(before, await File.ReadAllBytesAsync(directory.File));
    }

    [Fact]
    public async Task A_new_file_has_the_newest_schema_and_needs_no_copy()
    {
        await directory.PopulateAsync();
        Assert.Equal((long)StateSchema.Current.Version, directory.Sql("PRAGMA user_version"));
        Assert.False(File.Exists(directory.File + ".v0"));
    }

    [Fact]
    public async Task A_volume_of_version_1_leaves_to_its_pool_what_it_did_not_choose_itself()
    {
        StateFile.Open(directory.File, new StateSchema([StateTables.Version1]), NullLogger.Instance).Dispose();
        directory.Sql("INSERT INTO qube VALUES (7, '00000000-0000-0000-0000-000000000007', 'work', 'AppVM')");
        directory.Sql("INSERT INTO volume VALUES (7, 'root', 0, 'p', 'r', 1, 1, 1, 0, 3, 'root', 1), (7, 'private', 1, 'p', 'v', 2, 1, 0, 1, NULL, NULL, 4)");

        var volumes = (await directory.ReloadAsync()).Volumes[7];

        Assert.Equal([null, 4], volumes.Select(v => v.RevisionsToKeep));
        Assert.All(volumes, v => Assert.Null(v.Ephemeral));
    }

    private static StateSchema Schema(params string[] later) => new([StateTables.Version1, StateTables.Version2, .. later]);
}
