using Qubes.Integration.Tests.Admin;

namespace Qubes.Integration.Tests.Harness;

/// <summary>A daemon whose machines only pretend, shared by the tests of a class. Each makes the qubes that it needs, and they are removed after it.</summary>
public sealed class SimulatedDaemon : IAsyncLifetime
{
    internal Testbed.Daemon Daemon { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Daemon = await AdminSocket.StartDaemonAsync();
        await Daemon.AddKernelAsync();
    }

    /// <summary>Removes all qubes, those first that others need not.</summary>
    internal async Task ClearAsync()
    {
        for (IReadOnlyList<string> left = await QubesAsync(), before = []; left.Count > 0; (before, left) = (left, await QubesAsync()))
        {
            Assert.NotEqual(before, left);
            foreach (var qube in left)
            {
                await Daemon.CallAsync("admin.vm.Kill", qube);
                await Daemon.CallAsync("admin.vm.Remove", qube);
            }
        }
    }

    public async Task DisposeAsync() => await Daemon.DisposeAsync();

    private async Task<IReadOnlyList<string>> QubesAsync() =>
        [.. (await Daemon.CallAsync("admin.vm.List")).Ok.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]).Where(n => n != "dom0")];
}
