using System.Net.Sockets;
using System.Text;
using Qubes.Plugins.MemoryManager.Claims;
using Qubes.Plugins.MemoryManager.Tests.Worlds;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.MemoryManager.Tests.Clients;

/// <summary>Stock qmemman clients at the real socket.</summary>
public sealed class ClientServerTests : MemoryTest
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task What_is_free_is_kept_until_the_client_closes()
    {
        using (var client = await AskAsync("524288000\n"))
        {
            Assert.Equal("OK\n", await AnswerAsync(client));
            Assert.Equal(524288000, await ClaimedAsync());
        }
        await UntilAsync(async () => await ClaimedAsync() == 0);
    }

    [Fact]
    public async Task What_is_not_to_be_had_is_denied()
    {
        using var client = await AskAsync("99999999999999\n");

        Assert.Equal("FAIL\n", await AnswerAsync(client));
        Assert.Equal(0, await ClaimedAsync());
    }

    [Theory]
    [InlineData("much\n")]
    [InlineData("\n")]
    [InlineData("1\n2\n")]
    public async Task What_is_no_request_is_told_so(string request)
    {
        using var client = await AskAsync(request);

        Assert.Equal("INVALID_ARG\n", await AnswerAsync(client));
    }

    [Fact]
    public async Task A_line_without_end_is_refused_when_it_is_too_long()
    {
        using var client = await AskAsync(new string('1', 1024));

        Assert.Equal("INVALID_ARG\n", await AnswerAsync(client));
    }

    [Fact]
    public async Task A_machine_that_there_is_not_gets_no_answer()
    {
        using var client = await AskAsync("4711:0\n");

        Assert.Equal("", await AnswerAsync(client));
    }

    [Fact]
    public async Task A_client_that_asks_nothing_is_closed()
    {
        using var client = await AskAsync("12");
        await Kernel.PassAsync(11);

        Assert.Equal("", await AnswerAsync(client));
    }

    [Fact]
    public async Task A_second_request_closes_the_connection_and_gives_up_what_was_kept()
    {
        using var client = await AskAsync("1000\n");
        Assert.Equal("OK\n", await AnswerAsync(client));
        await client.SendAsync("1000\n"u8.ToArray());

        Assert.Equal("", await AnswerAsync(client));
        await UntilAsync(async () => await ClaimedAsync() == 0);
    }

    [Fact]
    public async Task A_machine_gives_back_what_it_does_not_prefer()
    {
        await Kernel.StartAsync("one", 300);
        using var client = await AskAsync($"{Kernel.MachineOf("one").Id}:0\n");
        var answer = AnswerAsync(client);
        await Kernel.FinishAsync(answer);

        Assert.Equal("OK\n", await answer);
        Assert.InRange(await Kernel.HasAsync("one"), 390, 390 * 1.1 + 1);
    }

    [Fact]
    public async Task A_machine_that_does_not_follow_makes_a_request_fail_and_delays_no_other()
    {
        await Kernel.StartAsync("one", 300);
        Kernel.MachineOf("one").BalloonSpeed = 1;
        using var slow = await AskAsync($"{Kernel.MachineOf("one").Id}:419430400\n");
        var answer = AnswerAsync(slow);
        using var other = await AskAsync("1000\n");

        Assert.Equal("OK\n", await AnswerAsync(other));
        Assert.False(answer.IsCompleted);
        Assert.Equal("FAIL\n", await Kernel.FinishAsync(answer));
    }

    [Fact]
    public async Task A_client_that_leaves_gives_up_its_request()
    {
        await Kernel.StartAsync("one", 300);
        Kernel.MachineOf("one").BalloonSpeed = 1;
        (await AskAsync($"{Kernel.MachineOf("one").Id}:0\n")).Dispose();

        await UntilAsync(async () => (await Kernel.CallAsync("admin.memory.Status", "dom0")).Contains("\"clients\":0", StringComparison.Ordinal));
        Assert.Contains("\"shrinks\":0", await Kernel.CallAsync("admin.memory.Status", "dom0"), StringComparison.Ordinal);
    }

    private Task<long> ClaimedAsync() => Kernel.OnLoop(() => Kernel.Part<ClaimBook>().OpenBytes);

    private async Task<Socket> AskAsync(string request)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Kernel.SocketPath));
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        return socket;
    }

    private static async Task<string> AnswerAsync(Socket socket)
    {
        var buffer = new byte[64];
        try
        {
            var length = await socket.ReceiveAsync(buffer).WaitAsync(Soon);
            return Encoding.ASCII.GetString(buffer, 0, length);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return ""; // closed over what had not been read
        }
    }

    private async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        for (var i = 0; i < 2000; i++)
        {
            if (await isTrue())
                return;
            await Kernel.SettleAsync();
        }
        Assert.Fail("it never came true");
    }
}
