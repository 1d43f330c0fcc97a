using Microsoft.Extensions.Logging.Abstractions;
using Qubes.Kernel.Store;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Tests.Store;

public sealed class StateFileTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly StateDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task The_file_and_what_lies_beside_it_are_private()
    {
        await using var store = directory.Open();
        store.PutSetting("x", "1");
        store.Commit();
        var files = Directory.GetFiles(Path.GetDirectoryName(directory.File)!);
        Assert.Equal(["state.db", "state.db-shm", "state.db-wal", "state.db.lock"], files.Select(Path.GetFileName).Order());
        Assert.All(files, file => Assert.Equal(Private, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task A_file_that_others_could_read_is_made_private()
    {
        await directory.PopulateAsync();
        File.SetUnixFileMode(directory.File, Private | UnixFileMode.OtherRead);
        await using var store = directory.Open();
        Assert.Equal(Private, File.GetUnixFileMode(directory.File));
    }

    [Theory]
    [InlineData("journal_mode", "wal")]
    [InlineData("synchronous", 2L)]
    [InlineData("foreign_keys", 1L)]
    [InlineData("trusted_schema", 0L)]
    public void It_is_opened_for_durability_and_with_care(string pragma, object value)
    {
        using var file = StateFile.Open(directory.File, StateSchema.Current, NullLogger.Instance);
        using var command = file.Connection.CreateCommand();
        command.CommandText = "PRAGMA " + pragma;
        Assert.Equal(value, command.ExecuteScalar());
    }

    [Fact]
    public async Task Others_can_look_at_the_state_while_it_is_used()
    {
        await using var store = directory.Open();
        store.PutSetting("x", "1");
        store.Commit();
        Assert.Equal("1", directory.Sql("SELECT value FROM setting"));
    }

    [Fact]
    public async Task The_same_state_is_not_opened_twice()
    {
        await using (directory.Open())
            Assert.Contains("is in use by another process", Assert.Throws<QubesException>(directory.Open).Message);
        await directory.ReloadAsync();
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused() =>
        Refused("This is no database. ".PadRight(5000, '.'), "is not a database");

    [Fact]
    public async Task A_file_cut_short_is_refused()
    {
        await directory.PopulateAsync();
        var bytes = await File.ReadAllBytesAsync(directory.File);
        Refused(bytes[..(bytes.Length / 2)], "left as it is");
    }

    [Fact]
    public async Task A_damaged_file_is_refused()
    {
        await directory.PopulateAsync();
        var bytes = await File.ReadAllBytesAsync(directory.File);
        bytes.AsSpan(4096, bytes.Length - 4096).Fill(0xA5);
        Refused(bytes, "left as it is");
    }

    [Fact]
    public void A_database_of_another_program_is_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(directory.File)!);
        directory.Sql("CREATE TABLE theirs (x)");
        Refused("it is a SQLite file, but not one of this program's");
    }

    [Fact]
    public async Task A_file_emptied_under_its_journal_is_refused()
    {
        await directory.PopulateAsync();
        await File.WriteAllTextAsync(directory.File + "-wal", "the rest of the state");
        Refused("", "it is empty, but its journal state.db-wal is not");
        Assert.Equal("the rest of the state", await File.ReadAllTextAsync(directory.File + "-wal"));
    }

    [Fact]
    public async Task A_value_that_is_never_written_is_refused()
    {
        await directory.PopulateAsync();
        directory.Sql("UPDATE qube SET uuid = 'x'");
        Refused("it is damaged");
    }

    [Fact]
    public async Task A_number_out_of_range_is_refused()
    {
        await directory.PopulateAsync();
        directory.Sql("INSERT INTO label VALUES (4294967297, 'red', '0xff0000')");
        Refused("it is damaged");
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_refused()
    {
        File.WriteAllText(Path.GetDirectoryName(directory.File)!, "a file");
        Assert.Contains("cannot be used", Assert.Throws<QubesException>(directory.Open).Message);
    }

    [Fact]
    public async Task A_file_that_was_refused_can_be_opened_once_put_right()
    {
        await directory.PopulateAsync();
        var sound = await File.ReadAllBytesAsync(directory.File);
        Refused("x".PadRight(5000), "is not a database");
        await File.WriteAllBytesAsync(directory.File, sound);
        Assert.Single((await directory.ReloadAsync()).Qubes);
    }

    private void Refused(string content, string because) => Refused(System.Text.Encoding.UTF8.GetBytes(content), because);

    private void Refused(byte[] content, string because)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(directory.File)!);
        File.WriteAllBytes(directory.File, content);
        Refused(because);
    }

    private void Refused(string because)
    {
        var before = File.ReadAllBytes(directory.File);
        var refused = Assert.Throws<QubesException>(directory.Open);
        Assert.StartsWith(directory.File, refused.Message);
        Assert.Contains(because, refused.Message);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal(before, File.ReadAllBytes(directory.File));
    }
}
