using Qubes.Plugins.Qemu.Tests.Guests;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qemu.Tests.Cloning;

/// <summary>What is this driver's own about memory templates; one machine is frozen for all of it.</summary>
[Collection("guests")]
public sealed class CloningTests : IAsyncLifetime
{
    private static readonly string Key = new('c', 64);

    private readonly GuestHost guests = new();
    private KitHost host = null!;
    private MemoryTemplate template = null!;

    private ICloningDriver Driver => (ICloningDriver)guests.Driver;

    private string TemplateDirectory => $"{guests.Paths.State}/memory-templates/{Key}";

    public async Task InitializeAsync()
    {
        host = new KitHost(guests);
        var spec = await host.DescribeAsync("template", default) with { IsFreezable = true };
        await using var machine = await Driver.CreateAsync(spec, default);
        await machine.BootAsync(default);
        using (var agent = new AgentPort(machine.AgentSocketPath))
            Assert.Equal("written", await agent.AskAsync("echo -n dirty! | $B dd of=/dev/vda conv=notrunc 2>/dev/null; echo written"));
        template = await Driver.FreezeAsync(machine, Key, cancel => host.KeepDisksAsync(spec, Key, cancel), default);
    }

    public async Task DisposeAsync() => await guests.DisposeAsync();

    [Fact]
    public async Task Copies_find_what_the_guest_had_not_written_out_and_damaged_templates_are_never_used()
    {
        await using (var copy = await CopyAsync("copy", CloneMemory.Shared))
        {
            Assert.Equal("dirty!", await host.ReadAsync(copy, Sdk.Testing.Hypervisors.Conformance.GuestPlace.Disk, default));
            AssertSealed(copy);
            await copy.KillAsync(default);
        }
        AssertOnlyTheDaemons();

        // One bit of the guest's memory, in the file; the daemon that has it loaded does not look at the file any more.
        using (var file = File.OpenHandle(TemplateDirectory + "/memory", FileMode.Open, FileAccess.ReadWrite))
        {
            var one = new byte[1];
            RandomAccess.Read(file, one, 1 << 20);
            one[0] ^= 1;
            RandomAccess.Write(file, one, 1 << 20);
        }
        await using (var copy = await CopyAsync("second", CloneMemory.Private))
            await copy.KillAsync(default);

        guests.Restart();
        Assert.Equal([template.Key], Driver.MemoryTemplates.Select(known => known.Key));
        var refusal = await Assert.ThrowsAsync<QubeException>(
            () => Driver.ReserveAsync(template, [], CloneMemory.Shared, default));
        Assert.Contains("damaged", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Driver.MemoryTemplates);
        Assert.False(Directory.Exists(TemplateDirectory));
    }

    private async Task<IMachine> CopyAsync(string name, CloneMemory memory)
    {
        var prepared = await host.PrepareDisksAsync(Key, default);
        await using var reserved = await Driver.ReserveAsync(template, prepared, memory, default);
        var spec = await host.DescribeAsync(name, default) with { Volumes = await host.TakeDisksAsync(name, prepared, default) };
        var copy = await reserved.RestoreAsync(spec, default);
        await copy.BootAsync(default);
        return copy;
    }

    /// <summary>QEMU's mapping of the template's memory is private, and its descriptor is of a sealed file.</summary>
    private static void AssertSealed(IMachine copy)
    {
        var pid = Qemu.Machines.MachineRecord.Read($"{Path.GetDirectoryName(copy.AgentSocketPath)}/record.json")!.Pid;
        var mappings = File.ReadLines($"/proc/{pid}/maps").Where(line => line.Contains("/memfd:machine", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(mappings);
        Assert.All(mappings, line => Assert.Equal('p', line.Split(' ')[1][3]));
        var path = $"/proc/{pid}/fd/{Qemu.Arguments.Descriptors.Memory}";
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Assert.ThrowsAny<SystemException>(() => RandomAccess.Write(file, "x"u8, 0));
    }

    private void AssertOnlyTheDaemons()
    {
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(TemplateDirectory));
        Assert.All(Directory.GetFiles(TemplateDirectory), path =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
        Assert.True(template.DiskBytes < 110 << 20, "Zeros are not written");
    }
}
