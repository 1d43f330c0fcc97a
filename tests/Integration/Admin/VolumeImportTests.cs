using System.Diagnostics;
using System.Globalization;
using System.Text;
using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Admin;

/// <summary>The two services with which clients stream new content into a volume, run as clients run them.</summary>
public sealed class VolumeImportTests(SimulatedDaemon host) : IClassFixture<SimulatedDaemon>, IAsyncLifetime
{
    private const string Import = "admin.vm.volume.Import", WithSize = "admin.vm.volume.ImportWithSize";

    private readonly Testbed.Daemon daemon = host.Daemon;

    public async Task InitializeAsync() => _ = (await daemon.CallAsync("admin.vm.Create.StandaloneVM", payload: "name=work label=red")).Ok;

    public Task DisposeAsync() => host.ClearAsync();

    [Fact]
    public async Task Three_hundred_megabytes_pass_in_bounded_memory()
    {
        const long size = 300_000_000;
        const long boundKiB = 32 << 10;
        long before = PeakMemoryKiB();
        await using var data = new RandomBytes(size);

        string answer = await RunAsync(WithSize, "private", new PrefixedStream($"{size}\n", data));

        Assert.Equal("0\0", answer);
        Assert.InRange(PeakMemoryKiB() - before, 0, boundKiB);
        Assert.Equal($"{size}", await InfoAsync("size"));
        await using var stored = File.OpenRead(await InfoAsync("path"));
        await using var received = new HashingStream();
        await stored.CopyToAsync(received);
        Assert.Equal(data.Hash(), received.Hash());
    }

    [Theory]
    [InlineData(WithSize, "10\nfar too much", "too much data: expected 10 bytes, got more")]
    [InlineData(WithSize, "1000\nfar too little", "not enough data: expected 1000 bytes, got 14")]
    [InlineData(WithSize, "1000", "not enough data: expected 1000 bytes, got 0")]
    [InlineData(Import, "less than the volume has", "not enough data: expected 8 bytes, got 7")]
    public async Task A_wrong_amount_of_data_is_refused_and_the_old_content_stays(string service, string input, string reason)
    {
        Assert.Equal("0\0", await RunAsync(WithSize, "private", Text("8\noriginal")));
        string answer = await RunAsync(service, "private", Text(service == Import ? "7 bytes" : input));

        Assert.StartsWith("2\0QubesException\0\0", answer, StringComparison.Ordinal);
        Assert.Contains(reason, answer, StringComparison.Ordinal);
        Assert.Equal("8", await InfoAsync("size"));
        Assert.Equal("original", await File.ReadAllTextAsync(await InfoAsync("path")));
        // And the next import finds nothing in its way.
        Assert.Equal("0\0", await RunAsync(Import, "private", Text("replaced")));
        Assert.Equal("replaced", await File.ReadAllTextAsync(await InfoAsync("path")));
    }

    [Theory]
    [InlineData("\ndata")]
    [InlineData("-1\ndata")]
    [InlineData("0x10\ndata")]
    [InlineData("08\noriginal")]
    [InlineData(" 8\noriginal")]
    [InlineData("100000000000000000000\n")]
    [InlineData("")]
    public async Task A_size_that_is_none_is_refused_before_anything_begins(string input) =>
        Assert.StartsWith("2\0ProtocolError\0\0", await RunAsync(WithSize, "private", Text(input)), StringComparison.Ordinal);

    [Fact]
    public async Task A_volume_that_is_not_there_or_in_use_is_refused_by_the_daemon()
    {
        Assert.StartsWith("2\0PermissionDenied\0", await RunAsync(WithSize, "nosuch", Text("8\noriginal")), StringComparison.Ordinal);
        _ = (await daemon.CallAsync("admin.vm.Start", "work")).Ok;
        Assert.StartsWith(
            "2\0QubesVMNotHaltedError\0", await RunAsync(WithSize, "private", Text("8\noriginal")), StringComparison.Ordinal);
        _ = (await daemon.CallAsync("admin.vm.Kill", "work")).Ok;
    }

    [Fact]
    public async Task An_import_that_is_interrupted_leaves_the_old_content_and_no_trace()
    {
        Assert.Equal("0\0", await RunAsync(WithSize, "private", Text("8\noriginal")));
        using EventListener events = await EventListener.OpenAsync(daemon, "work");
        using (Process import = Start(WithSize, "private"))
        {
            await import.StandardInput.WriteAsync("1000000\nsome");
            await import.StandardInput.FlushAsync();
            await events.UntilAsync("domain-volume-import-begin");
            using var kill = Process.Start("kill", ["-TERM", $"{import.Id}"]);
            import.StandardInput.Close();
            await import.WaitForExitAsync();
        }
        Assert.Equal("1|work|domain-volume-import-end|volume|private|success|False||", await events.NextAsync());
        Assert.Equal("original", await File.ReadAllTextAsync(await InfoAsync("path")));
        Assert.Equal("0\0", await RunAsync(Import, "private", Text("replaced")));
    }

    private async Task<string> RunAsync(string service, string volume, Stream input)
    {
        using Process process = Start(service, volume);
        Task<string> answer = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            await input.CopyToAsync(process.StandardInput.BaseStream, 1 << 18);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It had read enough.
        }
        await process.WaitForExitAsync();
        Assert.Equal((0, ""), (process.ExitCode, await errors));
        return await answer;
    }

    private Process Start(string service, string volume)
    {
        var start = new ProcessStartInfo($"{Repository.Root}/out/lib/qubes/rpc/{service}", [volume])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["QUBES_ROOT"] = daemon.Root;
        start.Environment["QREXEC_REMOTE_DOMAIN"] = "dom0";
        start.Environment["QREXEC_REQUESTED_TARGET"] = "work";
        return Process.Start(start)!;
    }

    private async Task<string> InfoAsync(string key) => (await daemon.CallAsync("admin.vm.volume.Info+private", "work")).Ok
        .Split('\n').Single(l => l.StartsWith(key + "=", StringComparison.Ordinal))[(key.Length + 1)..];

    private long PeakMemoryKiB() => long.Parse(
        File.ReadLines($"/proc/{daemon.ProcessId}/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal))
            .Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    private static MemoryStream Text(string text) => new(Encoding.ASCII.GetBytes(text));
}
