using Qubes.Qrexec.Files;
using Qubes.Qrexec.Protocol;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Copying;

public sealed class CopyTests : BenchTests
{
    private readonly string file;
    private byte[] received = [];

    public CopyTests()
    {
        ServeList();
        file = Path.Combine(Bench.Root, "letter");
        File.WriteAllText(file, "content");
        Server.Refuse("admin.vm.feature.CheckWithTemplate+gui", "vm1", "QubesFeatureNotFoundError", "Feature not set");
    }

    [Fact]
    public async Task A_file_is_sent_and_stays()
    {
        await using var qube = Serve(QfileError.None);

        var result = await Bench.RunAsync("qvm-copy-to-vm", "vm1", file);

        Assert.Equal((0, "", ""), (result.Code, result.Output, result.Error));
        Assert.Equal(["DEFAULT:nogui:QUBESRPC qubes.Filecopy+ dom0"], qube.Calls);
        Assert.Equal("letter\0content"u8.ToArray(), received[QfileHeader.Size..^QfileHeader.Size]);
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task A_file_that_moves_is_gone_here()
    {
        await using var qube = Serve(QfileError.None);

        Assert.Equal(0, (await Bench.RunAsync("qvm-move-to-vm", "--allow-all-names", "vm1", file)).Code);
        Assert.Equal(["DEFAULT:nogui:QUBESRPC qubes.Filecopy+allow-all-names dom0"], qube.Calls);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task What_the_qube_refuses_stays_and_is_told()
    {
        await using (Serve(QfileError.Exists, status: 1))
        {
            var result = await Bench.RunAsync("qvm-move-to-vm", "vm1", file);
            Assert.Equal(1, result.Code);
            Assert.StartsWith("qvm-move-to-vm: error: the receiver stopped at 'a\\x1bx': it is there already", result.Error);
        }

        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task A_qube_without_the_service_is_told()
    {
        await using var qube = new QrexecQube(Bench.Paths, "vm1", async call =>
        {
            await call.ConnectAsync();
            await call.ExitAsync(127);
        });

        var result = await Bench.RunAsync("qvm-copy-to-vm", "vm1", file);

        Assert.Equal((127, "qvm-copy-to-vm: error: 'vm1' has no service qubes.Filecopy\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task A_status_that_contradicts_the_answer_is_a_failure()
    {
        await using (Serve(QfileError.None, status: 3))
            Assert.Equal(3, (await Bench.RunAsync("qvm-move-to-vm", "vm1", file)).Code);

        Assert.True(File.Exists(file));
    }

    [Theory]
    [InlineData("no such file: '/nosuch'", "vm1", "/nosuch")]
    [InlineData("files are not copied to dom0", "dom0", "/etc/hostname")]
    public async Task Wrong_command_lines_are_refused(string reason, params string[] arguments)
    {
        var result = await Bench.RunAsync("qvm-copy-to-vm", arguments);
        Assert.Equal((2, $"qvm-copy-to-vm: error: {reason}\n"), (result.Code, result.Error));
    }

    private QrexecQube Serve(uint error, int status = 0) => new(Bench.Paths, "vm1", async call =>
    {
        await call.ConnectAsync();
        var stream = new MemoryStream();
        // The sender waits for the answer before it ends its input.
        while (stream.Length < QfileHeader.Size || !stream.GetBuffer().AsSpan((int)stream.Length - QfileHeader.Size, QfileHeader.Size).SequenceEqual(new byte[QfileHeader.Size]))
        {
            if (await call.ReadPieceAsync() is not { Length: > 0 } piece)
                break;
            stream.Write(piece.Span);
        }

        received = stream.ToArray();
        await call.SendAsync(MessageType.DataStdout, new QfileAnswer(error, Crc32.Of(received), "a\u001bx"u8.ToArray()).ToBytes());
        await call.ExitAsync(status);
    });
}
