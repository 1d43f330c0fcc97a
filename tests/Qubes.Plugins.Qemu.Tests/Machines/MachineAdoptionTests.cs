using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Qubes.Plugins.Qemu.Machines;
using Qubes.Plugins.Qemu.Processes;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qemu.Tests.Machines;

/// <summary>Records of processes that are no machines, or not any more.</summary>
public sealed class MachineAdoptionTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("adopt-").FullName;
    private readonly Process other = Process.Start(new ProcessStartInfo("/bin/sleep", "1000"))!;

    public void Dispose()
    {
        other.Kill();
        other.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_process_that_got_the_recorded_pid_is_neither_taken_over_nor_ended() =>
        await CleansAsync(record => record with { ProcessStart = record.ProcessStart - 1, IsBooted = false }, isEnded: false);

    [Fact]
    public async Task A_record_of_an_earlier_boot_of_the_host_means_nobody() =>
        await CleansAsync(record => record with { BootId = "earlier", IsBooted = false }, isEnded: false);

    [Fact]
    public async Task Another_program_is_neither_taken_over_nor_ended() =>
        await CleansAsync(record => record with { Program = "/usr/bin/qemu-system-x86_64" }, isEnded: false);

    [Fact]
    public async Task Another_users_process_is_neither_taken_over_nor_ended() =>
        await CleansAsync(record => record with { User = record.User + 1 }, isEnded: false);

    [Fact]
    public async Task A_record_that_was_moved_from_another_machine_is_not_believed() =>
        await CleansAsync(record => record with { Name = "other" }, isEnded: false);

    [Fact]
    public async Task A_copys_process_is_found_and_ended_while_its_record_names_the_qube_and_its_directory_does_not_yet() =>
        await CleansAsync(record => record with { Name = "qube", Reserve = "work", IsClone = true, IsBooted = false }, isEnded: true);

    [Fact]
    public async Task A_directory_of_a_reserve_is_no_accepted_machines() =>
        await CleansAsync(record => record with { Name = "qube", Reserve = "work", IsClone = true }, isEnded: false);

    [Fact]
    public async Task The_recorded_process_is_ended_when_its_guest_had_not_come_up() =>
        await CleansAsync(record => record with { IsBooted = false }, isEnded: true);

    [Fact]
    public async Task The_recorded_process_is_ended_when_it_does_not_answer() =>
        await CleansAsync(record => record, isEnded: true);

    private async Task CleansAsync(Func<MachineRecord, MachineRecord> change, bool isEnded)
    {
        var facts = ProcessFacts.Of(other.Id)!;
        Directory.CreateDirectory(directory + "/machines/work");
        change(new MachineRecord
        {
            Name = "work",
            Uuid = Guid.NewGuid(),
            Id = 1,
            Pid = other.Id,
            ProcessStart = facts.Start,
            BootId = ProcessFacts.BootId(),
            User = facts.User,
            Program = facts.Program!,
            StartTime = DateTimeOffset.UnixEpoch,
            IsBooted = true,
        }).Write(directory + "/machines/work/record.json");

        var adoption = new MachineAdoption(new QubesPaths(directory, "/usr"), TimeProvider.System, NullLogger.Instance);
        Assert.Empty(await adoption.RunAsync(directory + "/machines", default));
        Assert.False(Directory.Exists(directory + "/machines/work"));
        Assert.Equal(isEnded, ProcessFacts.Of(other.Id) is null or { IsZombie: true });
    }
}
