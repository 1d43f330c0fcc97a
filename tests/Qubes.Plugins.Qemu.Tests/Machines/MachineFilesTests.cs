using Qubes.Plugins.Qemu.Arguments;
using Qubes.Plugins.Qemu.Machines;
using Qubes.Plugins.Qemu.Processes;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Tests.Machines;

public sealed class MachineFilesTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("files-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("a\n")]
    public void A_name_that_leads_elsewhere_is_refused(string name) =>
        Assert.Throws<QubeException>(() => new MachineFiles("/run", name));

    [Fact]
    public void Paths_too_long_for_a_socket_are_refused_with_the_remedy()
    {
        var refusal = Assert.Throws<QubeException>(() => new MachineFiles("/" + new string('d', 100), "work"));
        Assert.Contains("QUBES_ROOT", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_directory_is_the_daemons_alone()
    {
        var place = new MachineFiles(directory, "work");
        place.Make();
        File.WriteAllText(place.Record, "old");
        place.Make();
        Assert.False(File.Exists(place.Record));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(place.Directory));
        place.Remove();
        place.Remove();
        Assert.False(Directory.Exists(place.Directory));
    }

    [Fact]
    public void Numbers_go_on_after_a_restart_and_are_not_guessed_when_the_file_is_damaged()
    {
        var path = directory + "/run/last";
        Assert.Equal([1, 2], new[] { 0, 0 }.Select(_ => new MachineIds(path).Next()));
        File.WriteAllText(path, "x");
        Assert.Throws<QubeException>(() => new MachineIds(path).Next());
    }

    [Fact]
    public void Numbers_are_given_once_however_many_ask()
    {
        var ids = new MachineIds(directory + "/last");
        Assert.Equal(100, Enumerable.Range(0, 100).AsParallel().Select(_ => ids.Next()).Distinct().Count());
    }

    [Fact]
    public void A_record_names_the_process_and_not_a_later_one_with_its_pid()
    {
        var path = directory + "/record.json";
        var record = Record() with { Disks = ["root", "private"] };
        record.Write(path);
        var read = MachineRecord.Read(path)!;
        Assert.Equal(record.Disks, read.Disks);
        Assert.Equal(record, read with { Disks = record.Disks });
        Assert.True(record.IsAlive(out var facts));
        Assert.NotNull(facts!.Program);
        Assert.False((record with { ProcessStart = record.ProcessStart + 1 }).IsAlive(out _));
        Assert.False((record with { BootId = "another boot" }).IsAlive(out _));
        Assert.False((record with { Pid = int.MaxValue }).IsAlive(out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"name\":5}")]
    public void A_record_that_is_not_whole_is_none(string text)
    {
        File.WriteAllText(directory + "/record.json", text);
        Assert.Null(MachineRecord.Read(directory + "/record.json"));
    }

    [Fact]
    public void A_record_without_end_is_not_read()
    {
        File.WriteAllText(directory + "/record.json", new string(' ', 20_000) + "{}");
        Assert.Null(MachineRecord.Read(directory + "/record.json"));
        Assert.Null(MachineRecord.Read(directory + "/missing"));
    }

    private static MachineRecord Record() => new()
    {
        Name = "work",
        Uuid = Guid.NewGuid(),
        Id = 5,
        Pid = Environment.ProcessId,
        ProcessStart = ProcessFacts.Of(Environment.ProcessId)!.Start,
        BootId = ProcessFacts.BootId(),
        User = 0,
        Program = "/usr/bin/qemu-system-x86_64",
        StartTime = DateTimeOffset.UnixEpoch,
    };
}
