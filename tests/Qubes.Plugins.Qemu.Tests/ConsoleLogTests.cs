using System.Net.Sockets;
using Qubes.Plugins.Qemu.Consoles;
using Qubes.Plugins.Qemu.Text;

namespace Qubes.Plugins.Qemu.Tests;

public sealed class ConsoleLogTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("console-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task A_console_without_end_fills_two_files_and_no_more()
    {
        var text = new byte[1 << 20];
        text.AsSpan().Fill((byte)'x');
        text[^1] = (byte)'!';
        await LogAsync(text);
        var log = new FileInfo(directory + "/logs/guest.log");
        Assert.InRange(log.Length, 1, ConsoleLog.MaximumFile);
        Assert.InRange(new FileInfo(log.FullName + ".old").Length, 1, ConsoleLog.MaximumFile);
        Assert.Equal(2, Directory.GetFiles(directory + "/logs").Length);
        Assert.EndsWith("!", await File.ReadAllTextAsync(log.FullName), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(log.FullName));
    }

    [Fact]
    public async Task A_log_goes_on_where_it_was()
    {
        await LogAsync("one "u8.ToArray());
        await LogAsync("two"u8.ToArray());
        Assert.Equal("one two", await File.ReadAllTextAsync(directory + "/logs/guest.log"));
    }

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("a\u001b]0;x\u0007\r\nb\\", @"a\x1b]0;x\x07 b\x5c")]
    [InlineData("\u202e", @"\u202e")]
    public void Text_from_a_guest_becomes_one_harmless_line(string text, string escaped) =>
        Assert.Equal(escaped, GuestText.Escape(text));

    [Fact]
    public void Long_text_from_a_guest_is_cut() => Assert.InRange(GuestText.Escape(new string('x', 10_000)).Length, 1, 410);

    private async Task LogAsync(byte[] text)
    {
        var path = directory + "/socket";
        File.Delete(path);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        await using var log = await ConsoleLog.OpenAsync(path, directory + "/logs/guest.log", default);
        using (var guest = await listener.AcceptAsync())
        {
            for (var sent = 0; sent < text.Length;)
                sent += await guest.SendAsync(text.AsMemory(sent));
        }
        await log.Finished;
    }
}
