using Qubes.Plugins.Qrexec.Ports;
using Qubes.Sdk.LocalSockets;

namespace Qubes.Plugins.Qrexec.Tests.Ports;

public sealed class DataPortsTests
{
    private static readonly PeerCredentials Client = new(1, 0, 0);
    private readonly DataPorts ports = new();

    [Fact]
    public void There_are_256_ports_from_513()
    {
        int[] all = [.. Enumerable.Range(0, 256).Select(_ => ports.Allocate(Client)!.Number)];
        Assert.Equal(Enumerable.Range(513, 256), all);
        Assert.Null(ports.Allocate(Client));
    }

    [Fact]
    public async Task A_freed_port_comes_last()
    {
        DataPort first = ports.Allocate(Client)!;
        await ports.EndAsync(first);
        Assert.Equal(514, ports.Allocate(Client)!.Number);
        Assert.Null(ports.Find(513));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(769)]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void Only_data_ports_can_be_taken(int number) => Assert.Null(ports.Take(number, Client));

    [Fact]
    public void A_port_in_use_cannot_be_taken_again_before_it_is_released()
    {
        DataPort port = ports.Take(600, Client)!;
        Assert.Null(ports.Take(600, Client));
        ports.Release(port);
        Assert.NotNull(ports.Take(600, Client));
    }

    [Fact]
    public async Task A_connection_ends_when_everything_was_relayed()
    {
        DataPort port = ports.Allocate(Client)!;
        var relaying = new TaskCompletionSource();
        Assert.True(port.TryBegin(() => relaying.Task));
        Assert.False(port.TryBegin(() => Task.CompletedTask));
        Task ending = ports.EndAsync(port);
        Assert.False(port.Ended.IsCompleted);
        Assert.Same(port, ports.Find(port.Number));
        relaying.SetResult();
        await ending;
        Assert.True(port.Ended.IsCompleted);
    }

    [Fact]
    public void Closing_ends_all_and_gives_none_out()
    {
        DataPort port = ports.Allocate(Client)!;
        ports.Close();
        Assert.True(port.Ended.IsCompleted);
        Assert.Null(ports.Allocate(Client));
    }
}
