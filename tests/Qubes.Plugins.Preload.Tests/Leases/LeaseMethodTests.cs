using System.Text;
using System.Text.RegularExpressions;
using Qubes.Plugins.Preload.Leases;
using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.Preload.Tests.Leases;

/// <summary>Batches of disposables as clients of the Admin API get them.</summary>
public sealed class LeaseMethodTests : PreloadTest
{
    private Task<string> CallAsync(string method, string argument = "", string payload = "", string destination = "dvm", string source = "work") =>
        Kernel.OnLoop(async () =>
        {
            Kernel.Part<BatchLeases>().Places = 2;
            var name = LeaseMethods.Name + method;
            var known = Kernel.Part<IEnumerable<IAdminMethodProvider>>().SelectMany(p => p.Methods).Cast<AnsweringMethod>().Single(m => m.Name == name);
            var call = new AdminCall(name, Kernel.Qubes.Find(source), Kernel.Qubes.Find(destination), argument, Encoding.UTF8.GetBytes(payload));
            return Encoding.UTF8.GetString((await known.Handler(call, default)).Utf8.Span);
        });

    private async Task<string> NextAsync(string id)
    {
        var next = CallAsync(".Next", id);
        await Kernel.FinishAsync(next);
        return await next;
    }

    [Fact]
    public async Task A_client_with_one_request_a_connection_gets_its_batch()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(2);
        var id = await CallAsync("", payload: "count=2");
        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.Equal("count=2 given=0 waiting=0 position=0", await CallAsync(".Status", id));

        var (first, second) = (await NextAsync(id), await NextAsync(id));

        Assert.NotEqual(first, second);
        Assert.Equal("count=2 given=2 waiting=0 position=0", await CallAsync(".Status", id));
        Assert.Equal("", await CallAsync(".End", id));
        await Assert.ThrowsAsync<QubesException>(() => CallAsync(".Status", id));
        Assert.True(await Kernel.ExistsAsync(first));
    }

    [Fact]
    public async Task A_disposable_is_named_by_its_uuid_if_that_is_wanted()
    {
        var id = await CallAsync("", payload: "count=1");
        var next = await CallAsync(".Next", id, "uuid");
        Assert.True(await Kernel.OnLoop(() => Kernel.Qubes.TryFind(next, out _)));
        Assert.StartsWith("uuid:", next);
    }

    [Fact]
    public async Task Who_waits_too_long_is_answered_nothing_and_gets_what_comes_when_it_asks_again()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(30);
        var id = await CallAsync("", payload: "count=4");
        var three = new[] { CallAsync(".Next", id), CallAsync(".Next", id), CallAsync(".Next", id) };
        await Kernel.PassAsync(5);
        Assert.Equal("count=4 given=0 waiting=3 position=1", await CallAsync(".Status", id));
        await Kernel.PassAsync(16);
        Assert.Equal(["", "", ""], await Task.WhenAll(three));

        var again = CallAsync(".Next", id);
        await Kernel.PassAsync(10);

        Assert.Matches("^disp", await again);
        Assert.Matches("^count=4 given=1 waiting=2 position=0( wait_ms=[0-9]+)?$", await CallAsync(".Status", id));
    }

    [Fact]
    public async Task The_default_template_of_the_caller_is_meant_by_the_host()
    {
        var id = await CallAsync("", payload: "count=1", destination: "dom0");
        var next = await CallAsync(".Next", id, destination: "dom0");
        Assert.Equal("dvm", await Kernel.OnLoop(() => Kernel.Qubes.Find(next).Template!.Name));
    }

    [Fact]
    public async Task A_client_that_has_gone_loses_its_lease_and_its_disposables()
    {
        var id = await CallAsync("", payload: "count=3");
        var mine = await CallAsync(".Next", id);
        await Kernel.PassAsync(50);
        await CallAsync(".Status", id);
        await Kernel.PassAsync(50);
        Assert.True(await Kernel.ExistsAsync(mine));

        await Kernel.PassAsync(15);

        Assert.False(await Kernel.ExistsAsync(mine));
        await Assert.ThrowsAsync<QubesException>(() => CallAsync(".Status", id));
    }

    [Fact]
    public async Task Who_waits_is_not_silent()
    {
        World.Hypervisor.Booting = (_, cancel) => Task.Delay(TimeSpan.FromSeconds(200), World.Clock, cancel);
        var id = await CallAsync("", payload: "count=1");
        for (var i = 0; i < 6; i++)
        {
            var next = CallAsync(".Next", id);
            await Kernel.PassAsync(21);
            Assert.Equal("", await next);
        }
        Assert.StartsWith("count=1", await CallAsync(".Status", id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("count=")]
    [InlineData("count=0")]
    [InlineData("count=01")]
    [InlineData("count=-1")]
    [InlineData("count= 1")]
    [InlineData("count=1 ")]
    [InlineData("count=1\n")]
    [InlineData("count=10000")]
    [InlineData("Count=1")]
    [InlineData("8")]
    public async Task Something_else_than_a_count_is_refused(string payload) =>
        await Assert.ThrowsAsync<ProtocolException>(() => CallAsync("", payload: payload));

    [Fact]
    public async Task More_than_a_thousand_are_refused() => await Assert.ThrowsAsync<InvalidValueException>(() => CallAsync("", payload: "count=1001"));

    [Theory]
    [InlineData("dom0", "dvm", null)]
    [InlineData("work", "dvm2", null)]
    [InlineData("work", "dvm", "0123456789abcdef0123456789abcdef")]
    public async Task A_lease_is_its_holders_and_of_its_destination(string source, string destination, string? other)
    {
        var id = await CallAsync("", payload: "count=1");
        foreach (var method in new[] { ".Next", ".Status", ".End" })
            Assert.Matches(new Regex("holds no such lease"), (await Assert.ThrowsAsync<QubesException>(() => CallAsync(method, other ?? id, "", destination, source))).Message);
    }

    [Fact]
    public async Task Who_may_not_create_a_disposable_gets_none_this_way()
    {
        var id = await CallAsync("", payload: "count=1");
        await Kernel.OnLoop(() => Kernel.Bus.Subscribe<AdminPermission>(p =>
        {
            if (p.Method == "admin.vm.CreateDisposable" && p.Caller.Name == "work" && p.Destination.Name == "dvm")
                throw new PermissionDeniedException("not that one");
        }));

        await Assert.ThrowsAsync<PermissionDeniedException>(() => CallAsync("", payload: "count=1"));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => CallAsync(".Next", id));
    }

    [Fact]
    public async Task Next_takes_no_payload_but_uuid()
    {
        var id = await CallAsync("", payload: "count=1");
        await Assert.ThrowsAsync<ProtocolException>(() => CallAsync(".Next", id, "name"));
    }
}
