using Qubes.Plugins.Qrexec.Ports;
using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.Tests.Ports;

public sealed class DataPortsTests
{
    private const int Guest = 7;
    private static readonly Func<IVchan, Task> Nobody = _ => Task.CompletedTask;
    private readonly DataPorts ports = new(Guest, (_, _) => { });

    [Fact]
    public void There_are_256_ports_from_513_towards_the_host()
    {
        int[] all = [.. Enumerable.Range(0, 256).Select(_ => ports.Allocate(0, Nobody)!.Number)];
        Assert.Equal(Enumerable.Range(513, 256), all);
        Assert.Null(ports.Allocate(0, Nobody));
    }

    [Theory]
    [InlineData(Guest + 1, 514)]
    [InlineData(Guest - 1, 513)]
    public void Every_other_port_is_for_a_guest_so_that_both_can_give_them_out(int peer, int first)
    {
        int[] all = [.. Enumerable.Range(0, 128).Select(_ => ports.Allocate(peer, Nobody)!.Number)];
        Assert.Equal(Enumerable.Range(0, 128).Select(i => first + 2 * i), all);
        Assert.Null(ports.Allocate(peer, Nobody));
        Assert.NotNull(ports.Allocate(0, Nobody));
    }

    [Fact]
    public void The_same_number_serves_different_peers()
    {
        Assert.NotNull(ports.Take(new(3, 600), Nobody));
        Assert.NotNull(ports.Take(new(4, 600), Nobody));
        Assert.Null(ports.Take(new(3, 600), Nobody));
        Assert.Equal(new VchanAddress(4, 600), ports.Find(new(4, 600))!.Address);
        Assert.Null(ports.Find(new(5, 600)));
    }

    [Fact]
    public async Task A_freed_port_comes_last()
    {
        DataPort first = ports.Allocate(0, Nobody)!;
        await ports.EndAsync(first);
        Assert.Equal(514, ports.Allocate(0, Nobody)!.Number);
        Assert.Null(ports.Find(new(0, 513)));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(769)]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void Only_data_ports_can_be_taken(int number) => Assert.Null(ports.Take(new(0, number), Nobody));

    [Fact]
    public void A_port_in_use_cannot_be_taken_again_before_it_is_released()
    {
        DataPort port = ports.Take(new(0, 600), Nobody)!;
        Assert.Null(ports.Take(new(0, 600), Nobody));
        ports.Release(port);
        Assert.NotNull(ports.Take(new(0, 600), Nobody));
    }

    [Fact]
    public async Task A_connection_ends_when_everything_was_passed_on()
    {
        var serving = new TaskCompletionSource();
        DataPort port = ports.Allocate(0, _ => serving.Task)!;
        Assert.True(port.TryBegin(null!));
        Assert.False(port.TryBegin(null!));
        Task ending = ports.EndAsync(port);
        Assert.False(port.Ended.IsCompleted);
        Assert.Same(port, ports.Find(port.Address));
        serving.SetResult();
        await ending;
        Assert.True(port.Ended.IsCompleted);
    }

    [Fact]
    public void Closing_ends_all_and_gives_none_out()
    {
        DataPort port = ports.Allocate(0, Nobody)!;
        ports.Close();
        Assert.True(port.Ended.IsCompleted);
        Assert.Null(ports.Allocate(0, Nobody));
    }
}
