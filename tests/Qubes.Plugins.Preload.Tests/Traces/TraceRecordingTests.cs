using System.Text;
using System.Text.Json;
using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Plugins.Preload.Traces;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Tests.Traces;

public sealed class TraceRecordingTests : PreloadTest
{
    private async Task<JsonElement> CallAsync(string argument, string source = "dom0")
    {
        var answer = Kernel.OnLoop(async () =>
        {
            var known = Kernel.Part<IEnumerable<IAdminMethodProvider>>().SelectMany(p => p.Methods).Cast<AnsweringMethod>().Single(m => m.Name == "admin.preload.Trace");
            var said = await known.Handler(new(known.Name, Kernel.Qubes.Find(source), Kernel.Qubes.AdminVm, argument, default), default);
            return Encoding.UTF8.GetString(said.Utf8.Span);
        });
        return JsonDocument.Parse(await answer.WaitAsync(TimeSpan.FromSeconds(20))).RootElement;
    }

    [Fact]
    public async Task Times_and_templates_are_recorded_and_nothing_else()
    {
        await Kernel.AcquireAsync();
        var path = (await CallAsync("start")).GetProperty("path").GetString()!;
        await Kernel.AcquireAsync();
        await Kernel.PassAsync(1.5);
        await Kernel.AcquireAsync("dvm2", by: "dom0");
        Assert.Equal("""{"state":"recording","requests":2}""", JsonSerializer.Serialize(new { state = Said(await CallAsync("status"), "state"), requests = 2 }));
        await Kernel.PassAsync(2);

        var ended = await CallAsync("stop");
        await Kernel.AcquireAsync();

        Assert.Equal((2, "it was stopped"), (ended.GetProperty("requests").GetInt32(), Said(ended, "reason")));
        Assert.Equal("qubes-preload-trace 1 2026-01-01T00:00:00+00:00\n0 dvm\n1500 dvm2\n3500 .\n", await File.ReadAllTextAsync(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    private static string? Said(JsonElement status, string name) => status.GetProperty(name).GetString();

    [Fact]
    public async Task A_file_of_others_is_replaced_not_written_to()
    {
        var path = (await CallAsync("start")).GetProperty("path").GetString()!;
        await CallAsync("stop");
        var other = path + ".other";
        await File.WriteAllTextAsync(other, "mine");
        File.Delete(path);
        File.CreateSymbolicLink(path, other);

        await CallAsync("start");
        await CallAsync("stop");

        Assert.Equal("mine", await File.ReadAllTextAsync(other));
        Assert.Null(new FileInfo(path).LinkTarget);
    }

    [Fact]
    public async Task Its_size_is_bounded()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await using var trace = TraceFile.Create(path, World.Clock.GetUtcNow(), most: 3);
            for (var i = 0; i < 5; i++)
                trace.Add(TimeSpan.FromMilliseconds(i), "dvm");
            Assert.Equal((3, "it has 3 requests"), (trace.Count, trace.WhyEnded));
            await trace.EndAsync(TimeSpan.FromHours(1));
            Assert.Equal(["0 dvm", "1 dvm", "2 dvm"], (await File.ReadAllLinesAsync(path))[1..]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Only_one_is_recorded_at_a_time_and_one_that_is_not_cannot_be_stopped()
    {
        Assert.Equal("none", Said(await CallAsync("status"), "state"));
        await Assert.ThrowsAsync<QubesException>(() => CallAsync("stop"));
        await CallAsync("start");
        await Assert.ThrowsAsync<QubesException>(() => CallAsync("start"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("begin")]
    [InlineData("start ")]
    public async Task Another_argument_is_refused(string argument) => await Assert.ThrowsAsync<InvalidValueException>(() => CallAsync(argument));

    [Fact]
    public async Task Only_the_host_records() => await Assert.ThrowsAsync<PermissionDeniedException>(() => CallAsync("status", "work"));

    [Fact]
    public async Task It_is_whole_when_the_plugin_ends()
    {
        var path = (await CallAsync("start")).GetProperty("path").GetString()!;
        await Kernel.AcquireAsync();
        await Kernel.StopPluginAsync();
        Assert.EndsWith("0 dvm\n0 .\n", await File.ReadAllTextAsync(path));
    }
}
