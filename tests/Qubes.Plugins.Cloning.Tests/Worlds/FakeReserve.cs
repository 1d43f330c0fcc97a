using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Cloning.Tests.Worlds;

/// <summary>A process that waits.</summary>
internal sealed class FakeReserve(FakeDriver driver, string key, IReadOnlyList<PreparedVolume> disks, CloneMemory memory) : IReservedMachine
{
    private readonly TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isTaken;

    public string Key => key;

    public IReadOnlyList<PreparedVolume> Disks => disks;

    public CloneMemory Memory => memory;

    public Task Lost => lost.Task;

    /// <summary>As if its process had died.</summary>
    public void Die()
    {
        driver.Reserves.Remove(this);
        lost.TrySetResult();
    }

    public async Task<bool> RehearseAsync(Func<IMachine, CancellationToken, Task> act, CancellationToken cancel)
    {
        await act(NSubstitute.Substitute.For<IMachine>(), cancel);
        return true;
    }

    public async Task<IMachine> RestoreAsync(MachineSpec spec, CancellationToken cancel)
    {
        driver.Reserves.Remove(this);
        driver.Restoring?.Invoke(spec);
        if (isTaken || lost.Task.IsCompleted)
            throw new QubeException("the process has ended");
        isTaken = true;
        var machine = await driver.CreateAsync(spec, cancel);
        driver.Copies.Add(spec.Name);
        return machine;
    }

    public ValueTask DisposeAsync()
    {
        if (!isTaken)
            Die();
        return ValueTask.CompletedTask;
    }
}
