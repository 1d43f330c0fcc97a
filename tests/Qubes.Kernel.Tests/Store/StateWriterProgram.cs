using Microsoft.Extensions.Logging.Abstractions;
using Qubes.Kernel.Loop;
using Qubes.Kernel.Store;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Tests.Store;

/// <summary>
/// A process that changes the state file it is given, turn after turn, until its input ends or it is killed. On its output it
/// says <c>saved N</c> when turn N is durable, and <c>refused N</c> when it could not be saved.
/// </summary>
internal static class StateWriterProgram
{
    /// <summary>The setting that holds the number of the last turn.</summary>
    public const string Turn = "turn";

    /// <summary>Makes the changes of a turn.</summary>
    public static void Apply(int turn, MemoryState known, params IStateWriter[] states)
    {
        RandomWrites.Apply(turn, known, states);
        foreach (var state in states)
            state.PutSetting(Turn, turn.ToString());
    }

    /// <summary>The state after a number of turns.</summary>
    public static StoredState After(int turns)
    {
        var memory = new MemoryState();
        for (var turn = 1; turn <= turns; turn++)
            Apply(turn, memory, memory);
        return memory.State;
    }

    public static async Task Main(string[] args)
    {
        await using var store = StateStore.Open(args[0], NullLogger<StateStore>.Instance);
        var first = int.Parse(store.Load().Settings.GetValueOrDefault(Turn, "0")) + 1;
        var memory = new MemoryState();
        for (var turn = 1; turn < first; turn++)
            Apply(turn, memory, memory);
        await using var loop = new KernelLoop(store, TimeProvider.System, NullLogger<KernelLoop>.Instance);
        var end = Task.Run(() => Console.In.ReadLine());
        for (var turn = first; !end.IsCompleted; turn++)
            await WriteAsync(turn, loop, memory, store);
    }

    private static async Task WriteAsync(int turn, KernelLoop loop, MemoryState memory, StateStore store)
    {
        try
        {
            await loop.InvokeAsync(() =>
            {
                Apply(turn, memory, memory, store);
                return Task.CompletedTask;
            });
            await Console.Out.WriteLineAsync($"saved {turn}");
        }
        catch (QubesException)
        {
            await Console.Out.WriteLineAsync($"refused {turn}");
        }
    }
}
