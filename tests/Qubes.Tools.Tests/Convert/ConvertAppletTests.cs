using System.Text.Json;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Convert;

public sealed class ConvertAppletTests
{
    private static readonly Func<ServedCall, Task> twoPages = GuestScripts.Sends(GuestScripts.Answer(2, (30, 20), (20, 30)));

    [Fact]
    public async Task A_document_becomes_a_pdf_beside_it_and_the_disposable_is_killed()
    {
        byte[] received = [];
        await using var bench = new ConvertBench(async call =>
        {
            await call.ConnectAsync();
            received = await call.ReadInputAsync();
            await GuestScripts.OutputAsync(call, GuestScripts.Answer(1, (10, 10)));
            await call.ExitAsync(0);
        });

        ToolResult result = await bench.ConvertAsync(bench.Document(content: "the document's bytes"));

        Assert.Equal((0, $"{bench.Result()}: 1 page"), (result.Code, result.Output.Split(',')[0]));
        Assert.Equal("the document's bytes"u8.ToArray(), received);
        Assert.Equal(["DEFAULT:nogui:QUBESRPC dz.Convert+ dom0"], bench.Calls);
        Assert.Equal(["letter.pdf", "letter.trusted.pdf"], bench.Listing);
        Assert.StartsWith("%PDF-1.4", File.ReadAllText(bench.Result()));
        Assert.Equal(1, bench.Kills);
    }

    [Fact]
    public async Task Another_resolution_goes_through_the_service_that_takes_one()
    {
        await using var bench = new ConvertBench(GuestScripts.Sends([.. "1\n2 1\n"u8, .. new byte[6]]));

        ToolResult result = await bench.ConvertAsync("--dpi", "300", bench.Document());

        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(["DEFAULT:nogui:QUBESRPC qubes.PdfConvert+300 dom0"], bench.Calls);
    }

    [Fact]
    public async Task A_disposable_template_can_be_named()
    {
        await using var bench = new ConvertBench(twoPages);
        bench.Tools.Server.Ok("admin.vm.CreateDisposable+", "my-dvm", "disp1");

        ToolResult result = await bench.ConvertAsync("--dispvm", "my-dvm", bench.Document());

        Assert.Equal(0, result.Code);
        Assert.DoesNotContain(bench.Tools.Server.Requests, request => request.Contains("CreateDisposable+ dom0 name dom0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_has_one_line_for_each_document_with_all_stages()
    {
        await using var bench = new ConvertBench(twoPages);

        ToolResult result = await bench.ConvertAsync("--json", "--quiet", bench.Document(), bench.Document("second.pdf"), bench.Result("missing.pdf"));

        Assert.Equal(1, result.Code);
        var lines = result.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(line => Path.GetFileName(line.GetProperty("input").GetString()!));
        Assert.Equal(3, lines.Count);
        JsonElement good = lines["letter.pdf"];
        Assert.True(good.GetProperty("ok").GetBoolean());
        Assert.Equal(2, good.GetProperty("pages").GetInt32());
        Assert.Equal("disp1", good.GetProperty("qube").GetString());
        Assert.Equal(new FileInfo(bench.Result()).Length, good.GetProperty("bytes").GetInt64());
        Assert.Equal(
            ["acquire", "boot", "service_start", "transfer", "convert", "write", "destroy"],
            good.GetProperty("stages_ms").EnumerateObject().Select(stage => stage.Name));
        Assert.All(good.GetProperty("stages_ms").EnumerateObject(), stage => Assert.True(stage.Value.GetDouble() > 0, stage.Name));
        Assert.Equal("no such file", lines["missing.pdf"].GetProperty("error").GetString());
        Assert.False(lines["missing.pdf"].TryGetProperty("qube", out _));
    }

    [Fact]
    public async Task Timings_are_a_table_of_stages()
    {
        await using var bench = new ConvertBench(twoPages);

        ToolResult result = await bench.ConvertAsync("--timings", bench.Document());

        Assert.Matches("(?m)^FILE +PAGES +ACQUIRE +BOOT +SERVICE_START +TRANSFER +CONVERT +WRITE +DESTROY +RESULT_AFTER$", result.Output);
        Assert.Matches(@"(?m)^\S*letter\.pdf +2( +\d+\.\d){8}$", result.Output);
    }

    [Fact]
    public async Task Quiet_says_nothing_of_what_went_well_and_one_line_of_what_did_not()
    {
        await using var bench = new ConvertBench(twoPages);

        ToolResult result = await bench.ConvertAsync("-q", bench.Document(), bench.Result("missing.pdf"));

        Assert.Equal((1, ""), (result.Code, result.Output));
        Assert.Equal($"qvm-convert: {bench.Result("missing.pdf")}: no such file\n", result.Error);
    }

    [Fact]
    public async Task Without_a_terminal_a_failure_is_one_line()
    {
        await using var bench = new ConvertBench(GuestScripts.Exits(158));

        ToolResult result = await bench.ConvertAsync(bench.Document());

        Assert.Single(result.Error.Split('\n'), line => line.Contains("damaged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_failure_does_not_keep_the_others_from_being_converted()
    {
        int calls = 0;
        await using var bench = new ConvertBench(
            call => Interlocked.Increment(ref calls) == 2 ? GuestScripts.Exits(158)(call) : twoPages(call));
        string[] documents = [bench.Document("a.pdf"), bench.Document("b.pdf"), bench.Document("c.pdf")];

        ToolResult result = await bench.ConvertAsync(["--jobs", "1", .. documents]);

        Assert.Equal(1, result.Code);
        Assert.Equal(["a.pdf", "a.trusted.pdf", "b.pdf", "c.pdf", "c.trusted.pdf"], bench.Listing);
        Assert.Contains("b.pdf: the document is damaged", result.Error);
        Assert.Equal(3, bench.Kills);
    }

    [Fact]
    public async Task As_many_are_converted_at_the_same_time_as_jobs_allow()
    {
        int running = 0;
        var both = new TaskCompletionSource();
        await using var bench = new ConvertBench(async call =>
        {
            if (Interlocked.Increment(ref running) == 2)
                both.SetResult();
            await both.Task;
            await twoPages(call);
        });

        ToolResult result = await bench.ConvertAsync("--jobs", "2", bench.Document("a.pdf"), bench.Document("b.pdf"));

        Assert.Equal(0, result.Code);
    }

    [Theory]
    [InlineData("--dpi 74", "--dpi 74 refused: a number from 75 to 4800 is accepted")]
    [InlineData("--dpi 4801", "--dpi 4801 refused")]
    [InlineData("--jobs 0", "--jobs 0 refused: a number from 1 to 64 is accepted")]
    [InlineData("--timeout -1", "--timeout -1 refused")]
    [InlineData("--dpi many", "many")]
    public async Task A_wrong_command_line_is_refused_in_one_line(string options, string message)
    {
        await using var bench = new ConvertBench(twoPages);

        ToolResult result = await bench.ConvertAsync([.. options.Split(' '), bench.Document()]);

        Assert.Equal(2, result.Code);
        Assert.StartsWith("qvm-convert: error: ", result.Error);
        Assert.Contains(message, result.Error);
        Assert.Empty(bench.Tools.Server.Requests);
    }

    [Fact]
    public async Task What_is_refused_on_the_host_costs_no_disposable()
    {
        await using var bench = new ConvertBench(twoPages);

        ToolResult result = await bench.ConvertAsync(
            bench.Files, bench.Document("empty.pdf", ""), bench.Result("missing.pdf"));
        ToolResult noPlace = await bench.ConvertAsync("-o", bench.Result("nowhere/out.pdf"), bench.Document());
        ToolResult itself = await bench.ConvertAsync("-o", bench.Document(), bench.Document());

        Assert.Equal((1, 1, 1), (result.Code, noPlace.Code, itself.Code));
        Assert.Contains("the result's directory does not exist", noPlace.Error);
        Assert.Contains("the result would overwrite the file itself", itself.Error);
        Assert.Equal("a document", File.ReadAllText(bench.Document()));
        Assert.Empty(bench.Tools.Server.Requests);
    }

    [Fact]
    public async Task A_daemon_that_has_no_disposable_says_why()
    {
        await using var bench = new ConvertBench(twoPages);
        bench.Tools.Server.Refuse("admin.vm.CreateDisposable+", "no-dvm", "QubesException", "Refusing to create DispVM out of this AppVM");

        ToolResult result = await bench.ConvertAsync("--dispvm", "no-dvm", bench.Document());

        Assert.Equal(1, result.Code);
        Assert.Contains("letter.pdf: no disposable: Refusing to create DispVM", result.Error);
        Assert.Equal(["letter.pdf"], bench.Listing);
    }

    [Fact]
    public async Task Without_a_daemon_it_is_said_once()
    {
        await using var bench = new ToolBench();
        string document = Path.Combine(bench.Root, "a.pdf");
        await File.WriteAllTextAsync(document, "x");

        ToolResult result = await bench.RunAsync("qvm-convert", "-q", document);

        Assert.Equal(1, result.Code);
        Assert.Contains("cannot reach qubesd", result.Error);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Single(Directory.EnumerateFiles(bench.Root));
    }

    [Theory]
    [InlineData(1, "refused the document")]
    [InlineData(125, "failed within qrexec")]
    [InlineData(126, "refused, or the disposable could not start")]
    [InlineData(127, "has no such service")]
    [InlineData(138, "format is not supported")]
    [InlineData(144, "Hancom")]
    [InlineData(148, "LibreOffice")]
    [InlineData(158, "damaged")]
    [InlineData(168, "cannot be rendered")]
    [InlineData(169, "cannot be counted")]
    [InlineData(170, "at most 10000 are accepted")]
    [InlineData(172, "too wide")]
    [InlineData(173, "too high")]
    [InlineData(174, "fewer pages")]
    [InlineData(228, "does not know (status 228)")]
    [InlineData(77, "does not know (status 77)")]
    public async Task A_status_is_told_in_words(int status, string words)
    {
        await using var bench = new ConvertBench(GuestScripts.Exits(status));

        ToolResult result = await bench.ConvertAsync("-q", bench.Document());

        Assert.Equal(1, result.Code);
        Assert.Contains(words, result.Error);
        Assert.Equal(1, bench.Kills);
        Assert.Equal(["letter.pdf"], bench.Listing);
    }

    [Fact]
    public async Task Ctrl_C_kills_the_disposable_and_leaves_nothing_behind()
    {
        using var interrupted = new CancellationTokenSource();
        await using var bench = new ConvertBench(async call =>
        {
            await call.ConnectAsync();
            await call.SendAsync(Qubes.Qrexec.Protocol.MessageType.DataStdout, new byte[] { 0, 2, 0, 9 });
            await interrupted.CancelAsync();
            await call.ReadInputAsync();
        });
        bench.Tools.Cancellation = interrupted.Token;

        ToolResult result = await bench.ConvertAsync(bench.Document());

        Assert.Equal(130, result.Code);
        Assert.Equal(1, bench.Kills);
        Assert.Equal(["letter.pdf"], bench.Listing);
    }
}
