using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Hypervisors;

public sealed partial class SimulatedHypervisor
{
    private readonly ConcurrentDictionary<string, SimulatedTemplate> templates = new();
    private readonly ConcurrentDictionary<SimulatedReserve, bool> reserves = new();

    /// <summary>Every reserved machine that was neither taken nor lost.</summary>
    public IReadOnlyCollection<SimulatedReserve> Reserves => [.. reserves.Keys];

    /// <summary>Called when a machine is to be frozen, before its disks are kept; throw to make that fail.</summary>
    public Func<SimulatedMachine, CancellationToken, Task>? Freezing { get; set; }

    /// <summary>Called before a machine is reserved; throw to make that fail.</summary>
    public Func<MemoryTemplate, CancellationToken, Task>? Reserving { get; set; }

    /// <summary>Called before a reserved machine becomes a qube's; throw to make that fail.</summary>
    public Func<MachineSpec, CancellationToken, Task>? Restoring { get; set; }

    /// <summary>Called before a copy is accepted; throw to make that fail.</summary>
    public Func<SimulatedMachine, CancellationToken, Task>? Accepting { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<MemoryTemplate> MemoryTemplates => [.. templates.Values.Select(template => template.Template)];

    /// <inheritdoc/>
    public Task<string> KeyOfAsync(MachineSpec spec, CancellationToken cancel)
    {
        var parameters = spec.GuestParameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal);
        var text = $"{spec.MemoryMiB}|{spec.Vcpus}|{spec.KernelDirectory}|{spec.KernelOptions}|{string.Join(' ', parameters)}";
        return Task.FromResult(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    /// <inheritdoc/>
    public async Task<MemoryTemplate> FreezeAsync(
        IMachine machine, string key, Func<CancellationToken, Task> keepDisks, CancellationToken cancel)
    {
        var own = (SimulatedMachine)machine;
        try
        {
            if (!own.Spec.IsFreezable || own.State != MachineState.Running)
                throw new QubeException($"Machine {own.Id} of '{own.Spec.Name}' cannot be frozen: it must run, and have been built for that");
            if (key.Length != 64 || templates.ContainsKey(key))
                throw new QubeException($"'{key}' cannot be the key of a memory template");
            if (Freezing is { } freezing)
                await freezing(own, cancel);
            await keepDisks(cancel);
            cancel.ThrowIfCancellationRequested();
            var template = new MemoryTemplate(key, time.GetUtcNow(), (long)own.Spec.MemoryMiB << 20, (long)own.Spec.MemoryMiB << 20);
            templates[key] = new SimulatedTemplate(template, own.Spec, [.. own.Memory]);
            return template;
        }
        finally
        {
            own.End(MachineState.Stopped);
        }
    }

    /// <inheritdoc/>
    public async Task<IReservedMachine> ReserveAsync(
        MemoryTemplate template, IReadOnlyList<PreparedVolume> disks, CloneMemory memory, CancellationToken cancel)
    {
        if (Reserving is { } reserving)
            await reserving(template, cancel);
        cancel.ThrowIfCancellationRequested();
        if (!templates.TryGetValue(template.Key, out var origin))
            throw new QubeException($"There is no memory template {template.Key}");
        var reserve = new SimulatedReserve(this, origin, disks, memory);
        reserves[reserve] = true;
        return reserve;
    }

    /// <inheritdoc/>
    public Task RemoveAsync(string key, CancellationToken cancel)
    {
        templates.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    internal async Task<IMachine> RestoreAsync(SimulatedReserve reserve, MachineSpec spec, CancellationToken cancel)
    {
        if (Restoring is { } restoring)
            await restoring(spec, cancel);
        cancel.ThrowIfCancellationRequested();
        var origin = reserve.Origin.Spec;
        if ((spec.MemoryMiB, spec.Vcpus) != (origin.MemoryMiB, origin.Vcpus))
            throw new QubeException($"'{spec.Name}' has another size than the machine that it is to be a copy of");
        var machine = new SimulatedMachine(this, spec, Interlocked.Increment(ref lastId), time, reserve.Origin);
        machines[machine.Id] = machine;
        return machine;
    }

    internal void Forget(SimulatedReserve reserve) => reserves.TryRemove(reserve, out _);
}
