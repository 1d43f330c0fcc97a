using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;
using Qubes.Sdk.Testing.Hypervisors;

namespace Qubes.Plugins.Cloning.Tests.Worlds;

/// <summary>The simulated hypervisor, which here can also copy; what is frozen outlives the daemon.</summary>
internal sealed class FakeDriver(SimulatedHypervisor machines, TimeProvider time) : ICloningDriver
{
    private readonly List<MemoryTemplate> templates = [];

    public string Name => machines.Name;

    /// <summary>What <see cref="KeyOfAsync"/> stands for beside the spec, such as the hypervisor's version.</summary>
    public string Version { get; set; } = "1";

    /// <summary>Bytes of memory of each template.</summary>
    public long MemoryBytes { get; set; } = 100 << 20;

    /// <summary>Names of qubes that began as copies.</summary>
    public List<string> Copies { get; } = [];

    /// <summary>Specs that were frozen.</summary>
    public List<MachineSpec> Frozen { get; } = [];

    /// <summary>Processes that wait.</summary>
    public List<FakeReserve> Reserves { get; } = [];

    /// <summary>Called before a machine is frozen; throw to make it fail.</summary>
    public Func<CancellationToken, Task>? Freezing { get; set; }

    /// <summary>Called before a process is started; throw to make it fail.</summary>
    public Action? Reserving { get; set; }

    /// <summary>Called before a copy is restored; throw to make it fail.</summary>
    public Action<MachineSpec>? Restoring { get; set; }

    public IReadOnlyList<MemoryTemplate> MemoryTemplates => [.. templates];

    public Task<IMachine> CreateAsync(MachineSpec spec, CancellationToken cancel) => machines.CreateAsync(spec, cancel);

    public Task<IReadOnlyList<IMachine>> AdoptAsync(CancellationToken cancel) => machines.AdoptAsync(cancel);

    public Task<string> KeyOfAsync(MachineSpec spec, CancellationToken cancel) =>
        Task.FromResult(
            $"{Version} {spec.MemoryMiB} {spec.Vcpus} {spec.KernelDirectory} {spec.KernelOptions} {spec.GuestParameters["name"]} {spec.GuestParameters["user"]}");

    public async Task<MemoryTemplate> FreezeAsync(
        IMachine machine, string key, Func<CancellationToken, Task> keepDisks, CancellationToken cancel)
    {
        try
        {
            if (templates.Any(t => t.Key == key))
                throw new QubeException("there is one of that key");
            if (Freezing is { } freezing)
                await freezing(cancel);
            await keepDisks(cancel);
            Frozen.Add(((SimulatedMachine)machine).Spec);
            var made = new MemoryTemplate(key, time.GetUtcNow(), MemoryBytes, 0);
            templates.Add(made);
            return made;
        }
        finally
        {
            await machine.KillAsync(CancellationToken.None);
        }
    }

    public Task<IReservedMachine> ReserveAsync(
        MemoryTemplate template, IReadOnlyList<PreparedVolume> disks, CloneMemory memory, CancellationToken cancel)
    {
        Reserving?.Invoke();
        if (!templates.Contains(template))
            throw new QubeException("the template is gone");
        var reserve = new FakeReserve(this, template.Key, disks, memory);
        Reserves.Add(reserve);
        return Task.FromResult<IReservedMachine>(reserve);
    }

    public Task RemoveAsync(string key, CancellationToken cancel)
    {
        templates.RemoveAll(t => t.Key == key);
        return Task.CompletedTask;
    }

    /// <summary>What no daemon made.</summary>
    public void Plant(string key) => templates.Add(new MemoryTemplate(key, time.GetUtcNow(), MemoryBytes, 0));
}
