using Qubes.Qrexec.Protocol;
using Qubes.Sdk.Testing.Time;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Convert;

/// <summary>Whatever a disposable does, its conversion fails alone, in words, and nothing is left of it.</summary>
public sealed class HostileGuestTests
{
    private static readonly byte[] page = GuestScripts.Answer(1, (10, 10));

    [Fact]
    public Task No_pages_are_refused() => RefusedAsync(GuestScripts.Sends(GuestScripts.Answer(0)), "announced 0 pages");

    [Fact]
    public Task Too_many_pages_are_refused() => RefusedAsync(GuestScripts.Sends(GuestScripts.Answer(10_001)), "announced 10001 pages");

    [Fact]
    public Task A_page_of_no_width_is_refused() => RefusedAsync(GuestScripts.Sends([0, 1, 0, 0, 0, 5]), "0 x 5 pixels");

    [Fact]
    public Task A_page_too_large_is_refused() => RefusedAsync(GuestScripts.Sends([0, 1, 0xff, 0xff, 0, 5]), "65535 x 5 pixels");

    [Fact]
    public Task Too_few_pixels_are_refused() => RefusedAsync(GuestScripts.Sends(page[..^1]), "ended within a page");

    [Fact]
    public Task Too_few_pages_are_refused() =>
        RefusedAsync(GuestScripts.Sends(GuestScripts.Answer(2, (10, 10))), "ended before a page's size");

    [Fact]
    public Task Too_many_pixels_are_refused() => RefusedAsync(GuestScripts.Sends([.. page, 0]), "more than the pages it announced");

    [Fact]
    public Task A_negative_size_is_refused() =>
        RefusedAsync(GuestScripts.Sends([.. "1\n-10 10\n"u8, .. new byte[300]]), "no number where one belongs", "--dpi", "75");

    [Fact]
    public Task A_status_other_than_0_spoils_whole_pages() => RefusedAsync(GuestScripts.Sends(page, status: 3), "status 3");

    [Fact]
    public Task An_exit_before_anything_was_read_is_a_failure() => RefusedAsync(
        async call =>
        {
            await call.ConnectAsync();
            await call.ExitAsync(0);
        },
        "ended before its page count");

    [Fact]
    public Task A_machine_that_dies_is_told_as_such() => RefusedAsync(
        async call =>
        {
            await call.ConnectAsync();
            await call.ReadInputAsync();
            await GuestScripts.OutputAsync(call, page[..50]);
            await call.DisposeAsync();
        },
        "status 255");

    [Fact]
    public Task Endless_output_after_the_last_page_is_cut_off() => RefusedAsync(
        async call =>
        {
            await call.ConnectAsync();
            await call.ReadInputAsync();
            await GuestScripts.OutputAsync(call, page);
            while (true)
                await GuestScripts.OutputAsync(call, new byte[32 * 1024]);
        },
        "more than the pages it announced");

    [Fact]
    public Task Endless_errors_block_nothing_and_fill_no_memory() => ConvertedAsync(async call =>
    {
        await call.ConnectAsync();
        await call.ReadInputAsync();
        for (int i = 0; i < 2000; i++)
            await call.SendAsync(MessageType.DataStderr, new byte[32 * 1024]);
        await GuestScripts.OutputAsync(call, page);
        await call.ExitAsync(0);
    });

    [Fact]
    public Task An_answer_of_a_service_that_never_reads_counts_as_any_other() => ConvertedAsync(
        async call =>
        {
            await call.ConnectAsync();
            await GuestScripts.OutputAsync(call, page);
            await call.ExitAsync(0);
        },
        new string('x', 20_000_000));

    [Fact]
    public async Task Errors_are_shown_on_request_only_and_without_their_control_characters()
    {
        await using var bench = new ConvertBench(async call =>
        {
            await call.ConnectAsync();
            await call.ErrorAsync("\u001b[2Jfirst\nsecond\n");
            await call.ExitAsync(158);
        });

        ToolResult silent = await bench.ConvertAsync(bench.Document());
        ToolResult verbose = await bench.ConvertAsync("-v", bench.Document());

        Assert.DoesNotContain("first", silent.Error);
        Assert.Contains("the qube says: \\x1b[2Jfirst\n", verbose.Error);
        Assert.Contains("the qube says: second\n", verbose.Error);
    }

    [Fact]
    public async Task A_service_that_never_answers_is_given_up_after_the_time_limit()
    {
        var clock = new VirtualTimeProvider();
        var connected = new TaskCompletionSource();
        await using var bench = new ConvertBench(async call =>
        {
            await call.ConnectAsync();
            // What arrives shows that the tool's end is connected, too, and its limit for that no longer runs.
            await call.ReadInputAsync();
            connected.SetResult();
            // There is no more input: this waits for the caller to leave.
            await call.ReadInputAsync();
        });
        bench.Tools.Clock = clock;
        Task<ToolResult> conversion = bench.ConvertAsync("-q", "--timeout", "60", bench.Document());
        await connected.Task;

        clock.Advance(TimeSpan.FromSeconds(60));
        ToolResult result = await conversion;

        Assert.Equal(1, result.Code);
        Assert.Contains("not done within 60 s; --timeout accepts more", result.Error);
        Assert.Equal((1, "letter.pdf"), (bench.Kills, Assert.Single(bench.Listing)));
    }

    [Fact]
    public async Task A_service_that_closes_its_output_and_stays_is_given_up_after_15_seconds()
    {
        var clock = new VirtualTimeProvider();
        var closed = new TaskCompletionSource();
        await using var bench = new ConvertBench(async call =>
        {
            await call.ConnectAsync();
            await call.ReadInputAsync();
            await GuestScripts.OutputAsync(call, page);
            await call.SendAsync(MessageType.DataStdout, default);
            closed.SetResult();
            await call.ReadInputAsync();
        });
        bench.Tools.Clock = clock;
        Task<ToolResult> conversion = bench.ConvertAsync("-q", "--timeout", "0", bench.Document());
        await closed.Task;

        // Without a limit for the whole, the tool's only timers are those that wait for the end of the answer and then of the
        // service. The first may be seen when it is about to be disposed of; then the second is still to come.
        for (int limits = 0; limits < 2 && !conversion.IsCompleted; limits++)
        {
            while (clock.WaitingTimers == 0 && !conversion.IsCompleted)
                await Task.Yield();
            clock.Advance(TimeSpan.FromSeconds(15));
        }

        ToolResult result = await conversion;
        Assert.Equal(1, result.Code);
        Assert.Contains("within 15 s", result.Error);
        Assert.Equal((1, "letter.pdf"), (bench.Kills, Assert.Single(bench.Listing)));
    }

    private static async Task RefusedAsync(Func<ServedCall, Task> service, string reason, params string[] options)
    {
        await using var bench = new ConvertBench(service);

        ToolResult result = await bench.ConvertAsync(["-q", .. options, bench.Document()]);

        Assert.Equal((1, ""), (result.Code, result.Output));
        Assert.Contains(reason, result.Error);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((1, "letter.pdf"), (bench.Kills, Assert.Single(bench.Listing)));
    }

    private static async Task ConvertedAsync(Func<ServedCall, Task> service, string document = "a document")
    {
        await using var bench = new ConvertBench(service);

        ToolResult result = await bench.ConvertAsync("-q", bench.Document(content: document));

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal(["letter.pdf", "letter.trusted.pdf"], bench.Listing);
        Assert.Equal(1, bench.Kills);
    }
}
