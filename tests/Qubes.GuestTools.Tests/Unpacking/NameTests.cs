using System.Text;
using Qubes.GuestTools.Tests.Bench;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Tests.Unpacking;

public sealed class NameTests : IDisposable
{
    private readonly ToolBench bench = new();

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../x")]
    [InlineData("a/../x")]
    [InlineData("a/..")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("./x")]
    [InlineData("a/./x")]
    [InlineData("a//x")]
    [InlineData("a/")]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task Names_that_are_not_canonical_are_refused_whatever_is_allowed(string name)
    {
        Assert.Equal(QfileError.BadName, await SendAsync(Encoding.UTF8.GetBytes(name + "\0"), ""));
        Assert.Equal(QfileError.BadName, await SendAsync(Encoding.UTF8.GetBytes(name + "\0"), "allow-all-names"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(bench.Incoming));
    }

    [Theory]
    [InlineData("line\nfeed")]
    [InlineData("escape\u001b[2J")]
    [InlineData("delete\u007f")]
    [InlineData("c1\u0085")]
    [InlineData("reversed\u202egpj.exe")]
    [InlineData("isolate\u2066x")]
    [InlineData("joined\u200dx")]
    [InlineData("no-break\u00a0space")]
    [InlineData("line\u2028x")]
    [InlineData("filler\u3164")]
    [InlineData("blank\u2800")]
    [InlineData("selector\ufe0f")]
    [InlineData("enclosed\u20dd")]
    [InlineData("private\ue000")]
    [InlineData("nothing\uffff")]
    [InlineData("tag\U000e0041")]
    public async Task Characters_that_do_not_show_as_themselves_are_refused_unless_all_names_are_allowed(string name)
    {
        Assert.Equal(QfileError.BadName, await SendAsync(Encoding.UTF8.GetBytes(name), ""));
        Assert.Equal(0u, await SendAsync(Encoding.UTF8.GetBytes(name), "allow-all-names"));
    }

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { (byte)'a', 0xc3 })]
    [InlineData(new byte[] { 0xc0, 0xaf })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0xf4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xe0, 0x80, 0xaf })]
    public async Task Bytes_that_are_no_UTF8_are_refused_unless_all_names_are_allowed(byte[] name)
    {
        Assert.Equal(QfileError.BadName, await SendAsync(name, ""));
        Assert.Equal(0u, await SendAsync(name, "allow-all-names"));
    }

    [Theory]
    [InlineData("plain file (1).tar.gz")]
    [InlineData("Übergröße")]
    [InlineData("отчёт")]
    [InlineData("報告書")]
    [InlineData("شهادة")]
    [InlineData("हिन्दी")]
    [InlineData("cafe\u0301")]
    [InlineData("😀")]
    [InlineData("...")]
    [InlineData("-rf")]
    public async Task Names_that_people_give_are_accepted(string name)
    {
        Assert.Equal(0u, await SendAsync(Encoding.UTF8.GetBytes(name), ""));
        Assert.True(File.Exists(Path.Combine(bench.Incoming, name)));
    }

    public void Dispose() => bench.Dispose();

    private async Task<uint> SendAsync(byte[] name, string argument)
    {
        var result = await bench.RunAsync("qfile-unpacker", new QfileStream().Entry(name, QfileStream.Plain, []).End(), argument);
        return (await QfileAnswer.ReadAsync(new MemoryStream(result.Output), default)).Error;
    }
}
