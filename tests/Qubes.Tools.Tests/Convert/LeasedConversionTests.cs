using System.Collections.Concurrent;
using Qubes.Sdk.Testing.Time;
using Qubes.Tools.Convert;
using Qubes.Tools.Convert.Disposables;
using Qubes.Tools.Hosting;
using Qubes.Tools.Progress;
using Qubes.Tools.Terminal;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Convert;

/// <summary>Several documents are announced to the daemon, where it can take that.</summary>
public sealed class LeasedConversionTests
{
    private const string Lease = "admin.vm.disposable.Lease";

    private static readonly Func<ServedCall, Task> onePage = GuestScripts.Sends(GuestScripts.Answer(1, (10, 10)));

    private static ConvertBench Bench()
    {
        var bench = new ConvertBench(onePage);
        bench.Tools.Server.Ok(Lease + ".Next+id1", "dom0", "disp1").Ok(Lease + ".Status+id1", "dom0", "count=2 given=0 waiting=0 position=0")
            .Ok(Lease + ".End+id1", "dom0");
        return bench;
    }

    private static string[] Documents(ConvertBench bench, int count) => [.. Enumerable.Range(0, count).Select(i => bench.Document($"d{i}.pdf"))];

    private static int Count(ConvertBench bench, string start) =>
        bench.Tools.Server.Requests.Count(r => r.StartsWith(start, StringComparison.Ordinal));

    [Fact]
    public async Task Several_are_announced_and_each_gets_one_of_the_lease()
    {
        await using var bench = Bench();
        bench.Tools.Server.Ok(Lease + "+", "dom0", "id1", "count=3");

        var result = await bench.ConvertAsync(Documents(bench, 3));

        Assert.True(result.Code == 0, result.Error);
        Assert.Equal((1, 3, 1, 0), (Count(bench, Lease + "+"), Count(bench, Lease + ".Next+id1"), Count(bench, Lease + ".End+id1"), Count(bench, "admin.vm.CreateDisposable")));
        Assert.Equal(3, bench.Kills);
    }

    [Fact]
    public async Task One_is_requested_as_ever()
    {
        await using var bench = Bench();
        Assert.Equal(0, (await bench.ConvertAsync(Documents(bench, 1))).Code);
        Assert.Equal((0, 1), (Count(bench, Lease), Count(bench, "admin.vm.CreateDisposable+")));
    }

    [Fact]
    public async Task What_is_refused_before_is_not_announced()
    {
        await using var bench = Bench();
        bench.Tools.Server.Ok(Lease + "+", "dom0", "id1", "count=2");
        var documents = Documents(bench, 2);

        // The last one would overwrite the first one's result.
        var result = await bench.ConvertAsync([.. documents, bench.Document("d0.png")]);

        Assert.Equal((1, 1, 2), (result.Code, Count(bench, Lease + "+ dom0 name dom0\0count=2"), bench.Kills));
    }

    [Fact]
    public async Task A_daemon_that_refuses_leases_is_asked_for_single_ones()
    {
        await using var bench = Bench();
        bench.Tools.Server.Refuse(Lease + "+", "dom0", "PermissionDenied", "", "count=2");
        Assert.Equal(0, (await bench.ConvertAsync(Documents(bench, 2))).Code);
        Assert.Equal((2, 0), (Count(bench, "admin.vm.CreateDisposable+"), Count(bench, Lease + ".End")));
    }

    [Fact]
    public async Task A_daemon_that_does_not_know_leases_is_asked_for_single_ones()
    {
        await using var bench = Bench();
        Assert.Equal(0, (await bench.ConvertAsync(Documents(bench, 2))).Code);
        Assert.Equal(2, Count(bench, "admin.vm.CreateDisposable+"));
    }

    [Fact]
    public async Task A_lease_that_is_lost_costs_no_document()
    {
        await using var bench = Bench();
        bench.Tools.Server.Ok(Lease + "+", "dom0", "id2", "count=2")
            .Refuse(Lease + ".Next+id2", "dom0", "QubesException", "no such lease").Refuse(Lease + ".Status+id2", "dom0", "QubesException", "no such lease");

        Assert.Equal(0, (await bench.ConvertAsync(["--jobs", "1", .. Documents(bench, 2)])).Code);

        Assert.Equal((2, 1), (Count(bench, "admin.vm.CreateDisposable+"), Count(bench, Lease + ".Next")));
    }

    [Fact]
    public async Task A_disposable_that_cannot_be_had_costs_its_document_alone()
    {
        await using var bench = Bench();
        bench.Tools.Server.Replace(Lease + ".Next+id1 dom0 name dom0\0", "2\0QubesException\0\0no kernel\0").Answer(Lease + ".Next+id1 dom0 name dom0\0", "0\0disp1");
        bench.Tools.Server.Ok(Lease + "+", "dom0", "id1", "count=2");

        var result = await bench.ConvertAsync(["--jobs", "1", .. Documents(bench, 2)]);

        Assert.Equal((1, 1, 0), (result.Code, bench.Kills, Count(bench, "admin.vm.CreateDisposable")));
        Assert.Contains("d0.pdf: no disposable: no kernel", result.Error);
    }

    [Fact]
    public async Task Who_is_answered_nothing_asks_again()
    {
        await using var bench = Bench();
        bench.Tools.Server.Replace(Lease + ".Next+id1 dom0 name dom0\0", "0\0").Answer(Lease + ".Next+id1 dom0 name dom0\0", "0\0disp1");
        bench.Tools.Server.Ok(Lease + "+", "dom0", "id1", "count=2");

        Assert.Equal(0, (await bench.ConvertAsync(Documents(bench, 2))).Code);

        Assert.Equal(3, Count(bench, Lease + ".Next"));
    }

    [Fact]
    public async Task Ctrl_C_ends_the_lease_and_kills_what_it_gives_meanwhile()
    {
        using var interrupted = new CancellationTokenSource();
        await using var bench = Bench();
        var ended = new TaskCompletionSource();
        bench.Tools.Server.Ok(Lease + "+", "dom0", "id3", "count=2");
        bench.Tools.Server.Handle(Lease + ".End+id3 dom0 name dom0\0", async socket =>
        {
            await socket.SendAsync("0\0"u8.ToArray());
            ended.TrySetResult();
        });
        bench.Tools.Server.Handle(Lease + ".Next+id3 dom0 name dom0\0", async socket =>
        {
            await interrupted.CancelAsync();
            await ended.Task;
            await socket.SendAsync("0\0disp1"u8.ToArray());
        });
        bench.Tools.Cancellation = interrupted.Token;

        var result = await bench.ConvertAsync(["--jobs", "1", .. Documents(bench, 2)]);

        Assert.Equal((130, 1, 1), (result.Code, bench.Kills, Count(bench, Lease + ".End+id3")));
    }

    [Fact]
    public async Task A_terminal_shows_position_and_expected_wait()
    {
        var clock = new VirtualTimeProvider();
        await using var bench = new ToolBench { Clock = clock };
        var told = new TaskCompletionSource();
        bench.Server.Ok(Lease + "+", "dvm", "id1", "count=2").Ok(Lease + ".Status+id1", "dvm", "count=2 given=0 waiting=1 position=3 wait_ms=4200").Ok(Lease + ".End+id1", "dvm");
        bench.Server.Ok("admin.vm.Kill+", "disp1");
        bench.Server.Handle(Lease + ".Next+id1 dom0 name dvm\0", async socket =>
        {
            // Nobody knows when the timer is there.
            for (var i = 0; i < 500 && !told.Task.IsCompleted; i++)
            {
                clock.Advance(TimeSpan.FromSeconds(0.1));
                await Task.WhenAny(told.Task, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
            }
            await socket.SendAsync("0\0disp1"u8.ToArray());
        });
        await using var console = new ToolConsole(Stream.Null, Stream.Null, Stream.Null, errorIsTerminal: true);
        await using var session = new Session("test", console, bench.Paths, bench.Clock);
        var row = new Row(told);

        await using (var qubes = new LeasedQubes(session, "dvm", 2, new DisposableQubes(session, "dvm"), default))
        await using (var qube = await qubes.AcquireAsync(new StageTimes(bench.Clock), row, default).WaitAsync(TimeSpan.FromSeconds(20)))
            Assert.Equal("disp1", qube.Name);

        Assert.Contains("waiting for a disposable: position 3, about 4 s", row.Told);
    }

    private sealed class Row(TaskCompletionSource told) : IProgressRow
    {
        public ConcurrentQueue<string> Told { get; } = new();

        public void Report(double percent, string step, string detail = "")
        {
            Told.Enqueue($"{step}: {detail}");
            told.TrySetResult();
        }

        public void Finish(string result) { }

        public void Fail(string reason) { }
    }
}
