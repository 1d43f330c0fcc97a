using System.Text;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Qrexec.Data;
using Qubes.Sdk.Rpc;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Plugins.Qrexec.Tests.HostServices;

public sealed class PluginServiceTests
{
    [Fact]
    public async Task A_plugins_service_gets_its_call_and_its_status_goes_back()
    {
        await using var bench = new HostBench(null, new StandInService("test.Plugin", async (call, cancel) =>
        {
            string input = await new StreamReader(call.Input).ReadToEndAsync(cancel);
            string answer = $"{call.Source} {call.SourceQube?.Name} {call.Argument} {call.RequestedTarget} {input}";
            await call.Output.WriteAsync(Encoding.UTF8.GetBytes(answer), cancel);
            await call.Error.WriteAsync("note\u0007\n"u8.ToArray(), cancel);
            return 9;
        }));
        bench.PutProgram("test.Plugin", "echo the file, not the plugin");
        Assert.Equal((9, "work work x @adminvm in"), await bench.CallAsync("test.Plugin+x work keyword adminvm", "in"));
        Assert.Equal("test.Plugin+x for work: note\\u0007", await bench.Log.NextAsync(2175));
        bench.Source = new CallSource("desk", null);
        Assert.Equal((9, "desk   vault "), await bench.CallAsync("test.Plugin desk name vault"));
    }

    [Fact]
    public async Task Many_bytes_go_through_in_both_directions()
    {
        await using var bench = new HostBench(null, new StandInService("test.Echo", async (call, cancel) =>
        {
            await call.Input.CopyToAsync(call.Output, cancel);
            return 0;
        }));
        string much = new('x', 3_000_000);
        Assert.Equal((0, much), await bench.CallAsync("test.Echo work", much));
    }

    [Fact]
    public async Task A_service_that_fails_is_125_and_logged()
    {
        await using var bench = new HostBench(null, new StandInService("test.Bad", (_, _) => throw new InvalidOperationException("defect")));
        Assert.Equal((125, ""), await bench.CallAsync("test.Bad work"));
        Assert.Contains("test.Bad", await bench.Log.NextAsync(2176), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_is_cancelled_when_its_caller_has_gone()
    {
        var seen = new TaskCompletionSource();
        await using var bench = new HostBench(null, Endless(seen));
        var (caller, serving) = await bench.BeginAsync("test.Endless work");
        await DataHandshake.ExchangeAsync(caller, true, default);
        await caller.DisposeAsync();
        await serving.WaitAsync(HostBench.Patience);
        await seen.Task.WaitAsync(HostBench.Patience);
    }

    [Fact]
    public async Task A_service_is_cancelled_when_its_plugin_goes()
    {
        var seen = new TaskCompletionSource();
        var began = new TaskCompletionSource();
        await using var bench = new HostBench(null, Endless(seen, began));
        Task<(int Status, string Output)> calling = bench.CallAsync("test.Endless work");
        await began.Task.WaitAsync(HostBench.Patience);
        bench.Extensions.Withdraw();
        Assert.Equal((125, ""), await calling);
        await seen.Task.WaitAsync(HostBench.Patience);
        Assert.Equal((127, ""), await bench.CallAsync("test.Endless work"));
    }

    [Fact]
    public async Task A_service_that_does_not_heed_cancellation_is_let_go_of_after_a_while()
    {
        var time = new VirtualTimeProvider();
        var never = new TaskCompletionSource<int>();
        await using var bench = new HostBench(time, new StandInService("test.Deaf", (_, _) => never.Task));
        using var cancel = new CancellationTokenSource();
        var (caller, serving) = await bench.BeginAsync("test.Deaf work", cancel.Token);
        await DataHandshake.ExchangeAsync(caller, true, default);
        await cancel.CancelAsync();
        await HostBench.AdvanceUntilAsync(time, serving);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving.WaitAsync(HostBench.Patience));
        Assert.Contains("goes on", await bench.Log.NextAsync(2177), StringComparison.Ordinal);
        never.SetResult(0);
        await caller.DisposeAsync();
    }

    private static StandInService Endless(TaskCompletionSource seen, TaskCompletionSource? began = null) =>
        new("test.Endless", async (_, cancel) =>
        {
            began?.TrySetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
            }
            finally
            {
                seen.TrySetResult();
            }
            return 0;
        });

    private sealed class StandInService(string name, Func<RpcCall, CancellationToken, Task<int>> serve) : IRpcService
    {
        public string Name => name;

        public Task<int> ServeAsync(RpcCall call, CancellationToken cancel) => serve(call, cancel);
    }
}
