using Qubes.Plugins.Templates.Builds;
using Qubes.Plugins.Templates.Tests.Kit;
using Qubes.Sdk.Admin;

namespace Qubes.Plugins.Templates.Tests.Builds;

public sealed class BuildMethodTests : IDisposable
{
    private readonly FakeDistribution _distribution = new();
    private readonly Workbench _bench;
    private readonly BuildsUnderWay _underWay = new();
    private readonly Recorder _stream = new();

    public BuildMethodTests()
    {
        _bench = new Workbench(_distribution);
        _bench.WriteRecipe("tiny");
    }

    [Fact]
    public async Task Progress_is_streamed_and_the_end_names_the_templates()
    {
        await CallAsync(CancellationToken.None);

        Assert.Equal("template-build-progress step=resolve percent=0 detail=reading the package lists", _stream.Events[0]);
        Assert.Equal("template-build-done template=tiny dvm=tiny-dvm", _stream.Events[^1]);
        Assert.All(_stream.Events.SkipLast(1), e => Assert.StartsWith("template-build-progress step=", e));
    }

    [Fact]
    public async Task A_client_that_leaves_ends_its_build()
    {
        using var client = new CancellationTokenSource();
        _distribution.DuringRoot = async (_, cancel) =>
        {
            await client.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CallAsync(client.Token));

        Assert.Empty(_bench.Remains());
        Assert.DoesNotContain(_stream.Events, e => e.StartsWith("template-build-done", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_the_plugin_stops_running_builds_end_first()
    {
        var entered = new TaskCompletionSource();
        _distribution.DuringRoot = async (_, cancel) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        };
        var build = CallAsync(CancellationToken.None);
        await entered.Task;

        await _underWay.StopAsync();

        Assert.Empty(_bench.Remains());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => build);
    }

    public void Dispose()
    {
        _underWay.Dispose();
        _bench.Dispose();
    }

    private Task CallAsync(CancellationToken cancel)
    {
        var method = (StreamingMethod)new BuildMethod(_bench.Builds, _underWay, new InlineLoop()).Methods.Single();
        return method.Handler(new AdminCall(method.Name, _bench.Qubes.AdminVm, _bench.Qubes.AdminVm, "tiny", default), _stream, cancel);
    }

    private sealed class Recorder : IAdminEventStream
    {
        public List<string> Events { get; } = [];

        public void Write(Qubes.Sdk.Domains.IQube? subject, string name, params IEnumerable<KeyValuePair<string, string>> arguments) =>
            Events.Add(string.Join(' ', arguments.Select(a => $"{a.Key}={a.Value}").Prepend(name)));
    }
}
