using System.Text;
using FsCheck.Fluent;
using Qubes.Plugins.Qemu.Processes;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qemu.Tests.Machines;

public sealed class ProcessMemoryTests
{
    private const string Text = """
        55d9c9a00000-7ffe95bd9000 ---p 00000000 00:00 0                          [rollup]
        Rss:               66000 kB
        Pss:               33000 kB
        Pss_Anon:          30000 kB
        Shared_Clean:       5000 kB
        Shared_Dirty:        100 kB
        Private_Clean:       400 kB
        Private_Dirty:     30000 kB
        Locked:                0 kB

        """;

    [Fact]
    public void Private_and_shared_pages_are_added_up() => Assert.Equal(new HostMemory(33_000, 30_400, 5_100), Parse(Text));

    [Theory]
    [InlineData("Pss:               33000 kB", "")]
    [InlineData("Pss:               33000 kB", "Pss:               33000 kB\nPss:  1 kB")]
    [InlineData("33000 kB", "33000 MB")]
    [InlineData("33000 kB", "33000 kB ")]
    [InlineData("33000 kB", "-1 kB")]
    [InlineData("33000 kB", "99999999999999999999999 kB")]
    [InlineData("33000 kB", "1099511627777 kB")]
    [InlineData("33000 kB", "")]
    [InlineData("Shared_Dirty", "Shared_dirty")]
    public void One_line_that_is_wrong_makes_all_unknown(string what, string instead) =>
        Assert.Null(Parse(Text.Replace(what, instead, StringComparison.Ordinal)));

    [Fact]
    public void No_text_breaks_it() => FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<string>(), text => Parse(text + Text) is null or { ProportionalKiB: 33_000 }));

    [Fact]
    public void A_process_is_known_by_its_start()
    {
        var start = ProcessFacts.Of(Environment.ProcessId)!.Start;
        var memory = ProcessMemory.Of(Environment.ProcessId, start)!;
        Assert.True(memory.ProportionalKiB >= memory.PrivateKiB && memory.PrivateKiB > 1024);
        Assert.Null(ProcessMemory.Of(Environment.ProcessId, start + 1));
        Assert.Null(ProcessMemory.Of(int.MaxValue, start));
    }

    private static HostMemory? Parse(string text) => ProcessMemory.Parse(Encoding.UTF8.GetBytes(text));
}
