using System.Text;
using Qubes.GuestTools.Tests.Bench;

namespace Qubes.GuestTools.Tests.Converting;

public sealed class ConvertPdfTests : IDisposable
{
    private readonly ToolBench bench = new();

    [Fact]
    public async Task The_result_lies_beside_the_original_which_is_put_away()
    {
        bench.Sends(Converters.Pdf(3));
        var file = bench.Write("home/report.odt", "document");

        var result = await bench.RunAsync("qvm-convert-pdf", file);

        Assert.Equal((0, $"qvm-convert-pdf: {file}: 3 pages, {bench.PathOf("home/report.trusted.pdf")}\n"), (result.Status, result.Errors));
        Assert.StartsWith("%PDF-1.4\n", File.ReadAllText(bench.PathOf("home/report.trusted.pdf"), Encoding.Latin1));
        Assert.Equal("document", File.ReadAllText(bench.PathOf("home/QubesUntrustedPDFs/report.odt")));
        Assert.False(File.Exists(file));
        Assert.Equal("@dispvm qubes.PdfConvert+300\n", File.ReadAllText(bench.PathOf("calls")));
        Assert.Equal("document", File.ReadAllText(bench.PathOf("input")));
    }

    [Fact]
    public async Task An_original_that_was_put_away_before_stays()
    {
        bench.Sends(Converters.Pdf(1));
        bench.Write("home/QubesUntrustedPDFs/report.pdf", "older");

        await bench.RunAsync("qvm-convert-pdf", bench.Write("report.pdf", "newer"));

        Assert.Equal("older", File.ReadAllText(bench.PathOf("home/QubesUntrustedPDFs/report.pdf")));
        Assert.Equal("newer", File.ReadAllText(bench.PathOf("home/QubesUntrustedPDFs/report.1.pdf")));
    }

    [Fact]
    public async Task In_place_leaves_no_original()
    {
        bench.Sends(Converters.Pdf(1));
        var file = bench.Write("report.pdf", "x");

        await bench.RunAsync("qvm-convert-pdf", "--in-place", "--dpi", "150", "--batch=20", file);

        Assert.False(File.Exists(file) || Directory.Exists(bench.PathOf("home/QubesUntrustedPDFs")));
        Assert.Equal("@dispvm qubes.PdfConvert+150\n", File.ReadAllText(bench.PathOf("calls")));
    }

    [Theory]
    [InlineData("--password=secret")]
    [InlineData("--password-file=-")]
    public async Task A_password_comes_before_the_document_and_the_user_is_told_it_ends_there(string option)
    {
        bench.Sends(Converters.Pdf(1));

        var result = await bench.RunAsync("qvm-convert-pdf", "secret\n"u8.ToArray(), option, bench.Write("report.pdf", "document"));

        Assert.Equal("--password=secret\ndocument", File.ReadAllText(bench.PathOf("input")));
        Assert.Contains("will not be encrypted", result.Errors);
        Assert.DoesNotContain("secret", File.ReadAllText(bench.PathOf("calls")));
    }

    [Theory]
    [InlineData("", "ended before its page count")]
    [InlineData("0\n", "no number")]
    [InlineData("10001\n", "10001 pages")]
    [InlineData("99999999999\n", "no number")]
    [InlineData("-1\n", "no number")]
    [InlineData("1\n10001 1\n", "10001 x 1")]
    [InlineData("1\n2 1\nabcde", "within a page")]
    [InlineData("2\n2 1\nabcdef", "before a page's size")]
    [InlineData("1\n2 1\nabcdefg", "more than the pages")]
    [InlineData("1\n2 0\n", "no number")]
    [InlineData("x", "no number")]
    public async Task What_no_converter_sends_is_refused_and_the_original_stays(string answer, string reason)
    {
        bench.Sends(Converters.Text(answer));
        var file = bench.Write("report.pdf", "x");

        var result = await bench.RunAsync("qvm-convert-pdf", file);

        Assert.Equal(1, result.Status);
        Assert.Contains(reason, result.Errors);
        Assert.Equal(["report.pdf"], Directory.EnumerateFiles(Path.GetDirectoryName(file)!, "*.pdf").Select(Path.GetFileName));
        Assert.True(File.Exists(file));
        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(file)!, ".*"));
    }

    [Theory]
    [InlineData(126, "refused")]
    [InlineData(127, "no such converter")]
    [InlineData(64, "LibreOffice")]
    [InlineData(255, "lost")]
    [InlineData(1, "status 1: it_[2J is broken")]
    public async Task The_status_says_why(int status, string reason)
    {
        bench.Sends([], status, before: "printf 'it\\033[2J is broken\\nmore' >&2");

        var result = await bench.RunAsync("qvm-convert-pdf", bench.Write("report.pdf", "x"), bench.Write("second.pdf", "y"));

        // What is said of the call as such passes through.
        Assert.Equal(status is 126 or 127 ? status : 1, result.Status);
        Assert.Contains(reason, result.Errors);
        Assert.Equal(1, (await bench.RunAsync("qvm-convert-pdf", bench.Write("report.pdf", "x"), bench.Write("empty.pdf", ""))).Status);
    }

    [Fact]
    public async Task A_failure_after_all_pages_is_a_failure()
    {
        bench.Sends(Converters.Pdf(1), status: 1);
        var file = bench.Write("report.pdf", "x");

        Assert.Equal(1, (await bench.RunAsync("qvm-convert-pdf", file)).Status);
        Assert.True(File.Exists(file));
        Assert.False(File.Exists(bench.PathOf("report.trusted.pdf")));
    }

    [Fact]
    public async Task One_that_fails_does_not_hold_up_the_others()
    {
        bench.Sends(Converters.Pdf(1));
        var files = Enumerable.Range(0, 5).Select(i => bench.Write($"{i}.pdf", i == 2 ? "" : "x")).ToArray();

        var result = await bench.RunAsync("qvm-convert-pdf", ["--jobs=3", .. files]);

        Assert.Equal(1, result.Status);
        Assert.Equal([2], Enumerable.Range(0, 5).Where(i => !File.Exists(bench.PathOf($"{i}.trusted.pdf"))));
    }

    [Fact]
    public async Task Only_as_many_as_asked_for_run_at_a_time()
    {
        bench.Sends(Converters.Pdf(1), before: $"mkdir {bench.PathOf("busy")} || exit 9");
        bench.WriteProgram("qrexec-client-vm", File.ReadAllText(bench.PathOf("libexec/qrexec-client-vm")).Replace("#!/bin/sh\n", "", StringComparison.Ordinal)
            .Replace("exit 0", $"rmdir {bench.PathOf("busy")}", StringComparison.Ordinal));

        var result = await bench.RunAsync("qvm-convert-pdf", ["-j1", .. Enumerable.Range(0, 4).Select(i => bench.Write($"{i}.pdf", "x"))]);

        Assert.Equal(0, result.Status);
    }

    [Theory]
    [InlineData]
    [InlineData("--dpi=74", "x.pdf")]
    [InlineData("--dpi=4801", "x.pdf")]
    [InlineData("--jobs=0", "x.pdf")]
    [InlineData("--in-place", "--archive=/tmp", "x.pdf")]
    [InlineData("a.pdf", "a.odt")]
    [InlineData("a.pdf", "a.trusted.pdf")]
    [InlineData("--password=a\nb", "x.pdf")]
    public async Task What_cannot_be_meant_is_refused(params string[] arguments)
    {
        Assert.Equal(2, (await bench.RunAsync("qvm-convert-pdf", arguments)).Status);
    }

    [Fact]
    public async Task A_converter_that_reads_nothing_but_answers_is_no_reason_to_wait()
    {
        File.WriteAllBytes(bench.PathOf("answer"), Converters.Pdf(1));
        bench.WriteProgram("qrexec-client-vm", $"exec 0<&-\ncat {bench.PathOf("answer")}\n");
        var file = bench.PathOf("big.pdf");
        await using (var big = File.Create(file))
            big.SetLength(10 << 20);

        Assert.Equal(0, (await bench.RunAsync("qvm-convert-pdf", file)).Status);
    }

    public void Dispose() => bench.Dispose();
}
