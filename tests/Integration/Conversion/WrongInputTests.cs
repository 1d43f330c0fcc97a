using System.Text;
using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Conversion;

/// <summary>Each is one line on standard error, exit code 1, and nothing left behind.</summary>
[Collection(RealMachines.Name)]
public sealed class WrongInputTests(DisposableHost host) : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("qx-wrong");

    private Daemon Daemon => host.Daemon;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        Assert.DoesNotContain(
            folder.EnumerateFiles("*", SearchOption.AllDirectories), f => !f.Name.StartsWith("in.", StringComparison.Ordinal));
        folder.Delete(recursive: true);
        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
        Assert.Empty(Daemon.Machines());
    }

    [Fact]
    public async Task A_missing_file() => (await ConvertAsync("/no/such/in.pdf")).RefusedWith("/no/such/in.pdf");

    [Fact]
    public async Task An_empty_file() => (await ConvertAsync(Input("in.pdf", ""))).RefusedWith("empty");

    [Fact]
    public async Task Something_that_is_no_document() => (await ConvertAsync(Input("in.pdf", "just words"))).RefusedWith("in.pdf");

    [Fact]
    public async Task A_damaged_document()
    {
        var broken = Path.Combine(folder.FullName, "in.broken.pdf");
        File.Copy(Path.Combine(Repository.Samples, "broken.pdf"), broken);

        (await ConvertAsync(broken)).RefusedWith("in.broken.pdf");
    }

    [Fact]
    public async Task A_page_of_a_hundred_thousand_points() =>
        (await ConvertAsync(Input("in.pdf", PdfSource.WithPages(1, 100_000, 100_000)))).RefusedWith("in.pdf");

    [Fact]
    public async Task Fifty_thousand_pages() =>
        (await ConvertAsync(Input("in.pdf", PdfSource.WithPages(50_000, 100, 100)))).RefusedWith("pages");

    [Fact]
    public async Task A_conversion_that_takes_too_long() =>
        (await ConvertAsync(Input("in.pdf", PdfSource.WithPages(2_000, 600, 800)), "--timeout", "6")).RefusedWith("6");

    [Fact]
    public async Task An_unknown_template() =>
        (await Daemon.RunAsync("qvm-convert", "--dispvm", "nobody", Input("in.pdf", PdfSource.WithPages(1, 100, 100)))).RefusedWith("nobody");

    [Fact]
    public async Task A_full_disk_under_the_output()
    {
        // A file system of 64 KiB that only root may mount; everywhere else this device says the same.
        var input = Path.Combine(folder.FullName, "in.pdf");
        File.Copy(Path.Combine(Repository.Samples, "report.pdf"), input);
        var small = folder.CreateSubdirectory("small").FullName;
        (await LocalProgram.RunAsync("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small)).Succeeded();
        try
        {
            (await ConvertAsync(input, "-o", small + "/out.pdf")).RefusedWith("full");
            Assert.Empty(Directory.EnumerateFileSystemEntries(small));
        }
        finally
        {
            (await LocalProgram.RunAsync("umount", small)).Succeeded();
            Directory.Delete(small);
        }
    }

    [Fact]
    public async Task Two_results_that_would_be_one_file()
    {
        var input = Input("in.pdf", PdfSource.WithPages(1, 100, 100));

        (await ConvertAsync(input, "-o", input)).RefusedWith("in.pdf");
    }

    [Fact]
    public async Task A_machine_that_is_killed_in_mid_conversion()
    {
        using var conversion = Daemon.Tool(
            "qvm-convert", "--dispvm", DisposableHost.DisposableTemplate, Input("in.pdf", PdfSource.WithPages(3_000, 600, 800))).Start();
        await Machine.AppearsAsync(Daemon);
        Machine.Kill(Daemon);

        var error = await conversion.StandardError.ReadToEndAsync();
        await conversion.WaitForExitAsync();

        new RunResult(conversion.ExitCode, [], error).RefusedWith("in.pdf");
    }

    [Fact]
    public async Task No_daemon()
    {
        var tool = new System.Diagnostics.ProcessStartInfo(Repository.Program("qvm-convert"), [Input("in.pdf", PdfSource.WithPages(1, 100, 100))])
        {
            RedirectStandardError = true,
        };
        tool.Environment["QUBES_ROOT"] = folder.FullName;
        using var process = System.Diagnostics.Process.Start(tool)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        new RunResult(process.ExitCode, [], error).RefusedWith("qubesd");
    }

    private Task<RunResult> ConvertAsync(string file, params string[] options) =>
        Daemon.RunAsync("qvm-convert", [.. options, "--dispvm", DisposableHost.DisposableTemplate, file]);

    private string Input(string name, string content)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(content));
        return path;
    }
}
