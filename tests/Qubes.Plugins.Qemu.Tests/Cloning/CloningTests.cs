using System.Diagnostics;
using Qubes.Plugins.Qemu.Tests.Guests;
using Qubes.Sdk.Hypervisors;
using Xunit.Abstractions;

namespace Qubes.Plugins.Qemu.Tests.Cloning;

[Collection("guests")]
public sealed class CloningTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly string Key = new('a', 64);

    private readonly GuestHost host = new();

    private ICloningDriver Driver => (ICloningDriver)host.Driver;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task First()
    {
        var disks = new FrozenDisks(host.Root + "/disks");
        var spec = GuestHost.Spec("template", disks.Start()) with { IsFreezable = true };
        var machine = await Driver.CreateAsync(spec, default);
        await machine.BootAsync(default);
        using (var agent = new AgentPort(machine.AgentSocketPath))
            Assert.Equal("done", await agent.AskAsync("echo -n disk | $B dd of=/dev/vda conv=notrunc 2>/dev/null; word=memory; echo done"));
        var clock = Stopwatch.StartNew();
        var template = await Driver.FreezeAsync(machine, Key, _ => Task.CompletedTask, default);
        output.WriteLine($"freeze {clock.ElapsedMilliseconds} {template}");
        await machine.DisposeAsync();
        for (var i = 0; i < 6; i++)
        {
            if (i == 3)
                host.Restart();
            clock.Restart();
            var prepared = disks.Prepare(Key);
            await using var reserve = await Driver.ReserveAsync(template, [prepared], i == 2 ? CloneMemory.Private : CloneMemory.Shared, default);
            output.WriteLine($"reserve {clock.Elapsed.TotalMilliseconds}");
            clock.Restart();
            await using var copy = await reserve.RestoreAsync(GuestHost.Spec($"copy{i}", disks.Take(prepared)), default);
            output.WriteLine($"restore {clock.Elapsed.TotalMilliseconds}");
            await copy.BootAsync(default);
            output.WriteLine($"cont {clock.Elapsed.TotalMilliseconds}");
            using (var agent = new AgentPort(copy.AgentSocketPath))
                Assert.Equal("memory disk", await agent.AskAsync("echo $word $($B head -c 4 /dev/vda); word=changed"));
            output.WriteLine($"answer {clock.Elapsed.TotalMilliseconds}");
            await copy.AcceptAsync(default);
            await copy.KillAsync(default);
        }
        foreach (var line in host.Log.Lines)
            output.WriteLine(line);
    }
}
