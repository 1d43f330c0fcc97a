using Qubes.Tools.Progress;

namespace Qubes.Tools.Tests.Progress;

public sealed class ProgressTests
{
    [Fact]
    public async Task Plain_progress_writes_a_line_per_step_not_per_percent()
    {
        var output = new StringWriter();
        await using (var view = new PlainProgress(output))
        {
            var row = view.Add("a.pdf");
            row.Report(-5, "start");
            row.Report(10, "page", "1");
            row.Report(20, "page", "1");
            row.Report(200, "page", "2\u001b[2J");
            row.Finish("a.trusted.pdf");
            view.Add("b.pdf").Fail("damaged");
        }

        Assert.Equal(
            "a.pdf:   0 % start\na.pdf:  10 % page: 1\na.pdf: 100 % page: 2\\x1b[2J\na.pdf: done: a.trusted.pdf\n",
            output.ToString());
    }

    [Fact]
    public async Task Bars_show_titles_without_markup_or_escapes_and_end_with_the_view()
    {
        var output = new StringWriter();
        var view = await BarProgress.OpenAsync(output);
        var row = view.Add("[red]a\u001b");
        row.Report(50, "page", "1");
        row.Finish("done");
        view.Add("b").Fail("damaged");
        await view.DisposeAsync();
        Assert.Contains("[red]a\\x1b: done", output.ToString());
    }
}
