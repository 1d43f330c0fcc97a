using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Sdk.Testing.Hypervisors;

/// <content>How much memory it has.</content>
public sealed partial class SimulatedMachine
{
    private readonly SimulatedBalloon balloon;
    private HostMemory? hostMemory;

    /// <summary>
    /// Bytes a second at which its guest follows when it is told to do with more or less memory; 0: it never does; null: at once. As
    /// its hypervisor's <see cref="SimulatedHypervisor.BalloonSpeed"/> was when it was made, until a test changes it.
    /// </summary>
    public long? BalloonSpeed
    {
        get => balloon.BytesPerSecond;
        set => balloon.BytesPerSecond = value;
    }

    /// <summary>Bytes that it was told last to do with.</summary>
    public long MemoryTarget => balloon.Target;

    /// <summary>How often it was told.</summary>
    public int MemoryOrders => balloon.Orders;

    /// <summary>What the host spends on it; unless a test says otherwise, all that the guest has, as if it were in use.</summary>
    public HostMemory HostMemory
    {
        get => hostMemory ?? new HostMemory(balloon.Current >> 10, balloon.Current >> 10, 0);
        set => hostMemory = value;
    }

    /// <inheritdoc/>
    public long MostMemoryBytes =>
        IsClone || Spec.IsFreezable || Spec.MostMemoryMiB <= Spec.MemoryMiB ? 0 : (long)Spec.MostMemoryMiB << 20;

    /// <inheritdoc/>
    public async Task SetMemoryAsync(long bytes, CancellationToken cancel)
    {
        if (hypervisor.SettingMemory is { } setting)
            await setting(this, bytes, cancel);
        if (ended.Task.IsCompleted)
            throw new QubeException($"Machine {Id} of '{Spec.Name}' has ended");
        if (MostMemoryBytes == 0)
            throw new QubeException($"The memory of machine {Id} of '{Spec.Name}' cannot be changed while it runs");
        if (bytes < 1 || bytes > MostMemoryBytes)
            throw new QubeException($"{bytes} bytes of memory for machine {Id} of '{Spec.Name}' are refused: 1 to {MostMemoryBytes}");
        balloon.Order(bytes);
    }

    /// <summary>The memory that its guest has now, and no processor time.</summary>
    public Task<MachineUsage> MeasureAsync(CancellationToken cancel) => ended.Task.IsCompleted
        ? Task.FromException<MachineUsage>(new QubeException($"Machine {Id} of '{Spec.Name}' has ended"))
        : Task.FromResult(new MachineUsage(balloon.Current >> 10, TimeSpan.Zero) { Host = HostMemory });
}
