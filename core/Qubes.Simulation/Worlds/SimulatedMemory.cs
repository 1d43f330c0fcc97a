using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Testing.Hypervisors;

namespace Qubes.Simulation.Worlds;

/// <summary>The host's memory: what machines have is gone, the rest is free.</summary>
/// <param name="hypervisor">Whose machines.</param>
/// <param name="bytes">All of it.</param>
internal sealed class SimulatedMemory(SimulatedHypervisor hypervisor, long bytes) : IMemoryBroker
{
    private long claimed;

    public long? AvailableBytes => Math.Max(0, bytes - claimed - hypervisor.Machines.Sum(m => (long)m.Spec.MemoryMiB << 20));

    public MemoryPressure Pressure => MemoryPressure.None;

    public Task<IAsyncDisposable> ClaimAsync(IQube qube, long bytes, CancellationToken cancel)
    {
        if (bytes > AvailableBytes)
            throw new OutOfMemoryQubeException($"Not enough memory to start domain '{qube.Name}'");
        claimed += bytes;
        return Task.FromResult<IAsyncDisposable>(new Claim(this, bytes));
    }

    public Task<ShrinkOutcome> ShrinkAsync(IQube qube, CancellationToken cancel) => Task.FromResult(ShrinkOutcome.Done);

    public void Release(IQube qube)
    {
        // None is ever shrunk.
    }

    private sealed class Claim(SimulatedMemory memory, long bytes) : IAsyncDisposable
    {
        private bool isOver;

        public ValueTask DisposeAsync()
        {
            memory.claimed -= isOver ? 0 : bytes;
            isOver = true;
            return ValueTask.CompletedTask;
        }
    }
}
