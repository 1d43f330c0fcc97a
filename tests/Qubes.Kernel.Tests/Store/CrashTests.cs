using System.Diagnostics;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Tests.Store;

public sealed class CrashTests : IDisposable
{
    private readonly StateDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task After_a_kill_the_state_is_that_between_two_turns_and_nothing_a_caller_was_told_is_lost()
    {
        var random = new Random(4);
        var turn = 0;
        for (var round = 0; round < 5; round++)
        {
            await using var writer = StateWriterProcess.Start(directory.File);
            var until = turn + random.Next(1, 60);
            var told = await writer.ReadAsync((word, number) => word == "saved" && number >= until);
            told = Math.Max(told, await writer.KillAsync());
            var state = await directory.ReloadAsync();
            turn = int.Parse(state.Settings[StateWriterProgram.Turn]);
            Assert.True(turn >= told, $"told {told}, found {turn}");
            Assert.Equal(StateText.Of(StateWriterProgram.After(turn)), StateText.Of(state));
        }
    }

    [Fact]
    public async Task A_second_process_is_refused_until_the_first_has_ended_however_it_ends()
    {
        await using (var writer = StateWriterProcess.Start(directory.File))
        {
            await writer.ReadAsync((word, _) => word == "saved");
            var refused = Assert.Throws<QubesException>(directory.Open);
            Assert.Equal(
                $"{directory.File} is in use by another process: only one daemon can use a state directory.", refused.Message);
        }
        await using var store = directory.Open();
    }

    [Fact]
    public async Task When_the_disk_is_full_changes_are_kept_and_saved_when_there_is_room_again()
    {
        // A limit on the file's size is what a full disk is to the writer, and can be lifted from outside.
        await using var writer = StateWriterProcess.Start(directory.File, largestFile: 300);
        var refused = await writer.ReadAsync((word, _) => word == "refused");
        using (var lift = Process.Start("prlimit", ["--pid", writer.Id.ToString(), "--fsize=unlimited"]))
            await lift.WaitForExitAsync();
        await writer.ReadAsync((word, number) => word == "saved" && number > refused);
        await writer.EndAsync();
        var state = await directory.ReloadAsync();
        var turn = int.Parse(state.Settings[StateWriterProgram.Turn]);
        Assert.True(turn > refused);
        Assert.Equal(StateText.Of(StateWriterProgram.After(turn)), StateText.Of(state));
    }
}
