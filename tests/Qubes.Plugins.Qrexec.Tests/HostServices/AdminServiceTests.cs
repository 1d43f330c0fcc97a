using System.Text;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Qrexec.Data;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Rpc;

namespace Qubes.Plugins.Qrexec.Tests.HostServices;

public sealed class AdminServiceTests
{
    [Theory]
    [InlineData("admin.vm.List+ work keyword adminvm", "admin.vm.List  dom0")]
    [InlineData("admin.vm.List work name dom0", "admin.vm.List  dom0")]
    [InlineData("admin.vm.property.Get+netvm work name vault", "admin.vm.property.Get netvm vault")]
    [InlineData("admin.vm.Shutdown+force+wait work name uuid:1", "admin.vm.Shutdown force+wait uuid:1")]
    public async Task A_call_is_about_its_requested_target_and_from_its_true_source(string descriptor, string expected)
    {
        var endpoint = new Endpoint();
        await using var bench = new HostBench(null, endpoint);
        Assert.Equal((0, "0\0answer"), await bench.CallAsync(descriptor, "payload"));
        var (call, payload) = Assert.Single(endpoint.Calls);
        Assert.Equal((expected, "payload"), ($"{call.Method} {call.Argument} {call.Destination}", payload));
        Assert.Same(bench.Qube, call.Source);
    }

    [Theory]
    [InlineData("admin.vm.List+ work keyword default")]
    [InlineData("admin.vm.List+ work keyword dispvm")]
    [InlineData("admin.vm.List+ work")]
    public async Task A_target_that_is_no_qube_is_answered_with_nothing(string descriptor)
    {
        var endpoint = new Endpoint();
        await using var bench = new HostBench(null, endpoint);
        Assert.Equal((0, ""), await bench.CallAsync(descriptor));
        Assert.Empty(endpoint.Calls);
    }

    [Fact]
    public async Task A_program_on_the_host_is_refused_and_no_plugin_or_file_takes_the_place_of_the_API()
    {
        var endpoint = new Endpoint();
        await using var bench = new HostBench(null, endpoint);
        bench.Source = new CallSource("desk", null);
        Assert.Equal((126, ""), await bench.CallAsync("admin.vm.List+ desk keyword adminvm"));
        Assert.Empty(endpoint.Calls);

        await using var without = new HostBench(null, new Impostor());
        without.PutProgram("admin.vm.List", "echo never");
        Assert.Equal((127, ""), await without.CallAsync("admin.vm.List+ work keyword adminvm"));
    }

    [Fact]
    public async Task The_import_of_a_volume_is_the_program_that_ships()
    {
        await using var bench = new HostBench(null, new Endpoint());
        bench.PutProgram("admin.vm.volume.ImportWithSize", "echo \"$1 into $QREXEC_REQUESTED_TARGET for $QREXEC_REMOTE_DOMAIN\"; cat");
        Assert.Equal((0, "private into vault for work\nbytes"), await bench.CallAsync("admin.vm.volume.ImportWithSize+private work name vault", "bytes"));
        Assert.Equal((127, ""), await bench.CallAsync("admin.vm.volume.Import+private work name vault"));
    }

    [Fact]
    public async Task A_stream_ends_when_its_caller_has_gone()
    {
        var endpoint = new Endpoint { IsEndless = true };
        await using var bench = new HostBench(null, endpoint);
        var (caller, serving) = await bench.BeginAsync("admin.Events+ work keyword adminvm");
        await DataHandshake.ExchangeAsync(caller, true, default);
        await caller.DisposeAsync();
        await serving.WaitAsync(HostBench.Patience);
        await endpoint.Cancelled.Task.WaitAsync(HostBench.Patience);
    }

    private sealed class Endpoint : IAdminEndpoint
    {
        public List<(AdminQubeCall Call, string Payload)> Calls { get; } = [];

        public bool IsEndless { get; init; }

        public TaskCompletionSource Cancelled { get; } = new();

        public async Task ServeAsync(AdminQubeCall call, Stream answer, CancellationToken cancel)
        {
            if (IsEndless)
            {
                await using var registration = cancel.Register(() => Cancelled.TrySetResult());
                await Cancelled.Task;
                cancel.ThrowIfCancellationRequested();
            }
            Calls.Add((call, await new StreamReader(call.Payload).ReadToEndAsync(cancel)));
            await answer.WriteAsync(Encoding.ASCII.GetBytes("0\0answer"), cancel);
        }
    }

    private sealed class Impostor : IRpcService
    {
        public string Name => "admin.vm.List";

        public Task<int> ServeAsync(RpcCall call, CancellationToken cancel) => Task.FromResult(0);
    }
}
