using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Qubes.Plugins.Qrexec.Calls;

namespace Qubes.Plugins.Qrexec.Tests.Judging;

public sealed class TerminalTests : IAsyncLifetime
{
    private readonly JudgeBench bench = new();
    private readonly List<Socket> terminals = [];
    private CallSource source = null!;

    public async Task InitializeAsync()
    {
        bench.Policy("a.Svc * work @anyvm ask");
        source = JudgeBench.Source(bench.Add("work"));
        bench.Add("vault");
        await bench.Terminals.StartAsync(default);
    }

    public async Task DisposeAsync()
    {
        terminals.ForEach(t => t.Dispose());
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task An_operator_answers_one_question_after_the_other()
    {
        using var terminal = await ConnectAsync();
        var (first, second) = (bench.CallAsync(source, "vault"), bench.CallAsync(source, "vault", "a.Svc+2"));

        var one = await QuestionAsync(terminal);
        Assert.Equal("vault", Assert.Single(one.GetProperty("targets").EnumerateArray()).GetString());
        await SayAsync(terminal, $"{one.GetProperty("id")} allow:vault\n");
        var two = await QuestionAsync(terminal);
        await SayAsync(terminal, $"{one.GetProperty("id")} allow:vault\n{two.GetProperty("id")} deny\n");

        var verdicts = await Task.WhenAll(first, second).WaitAsync(JudgeBench.Limit);
        Assert.Single(verdicts, v => v is AllowedCall);
        Assert.Single(verdicts, v => v is DeniedCall);
    }

    [Theory]
    [InlineData("nonsense\n")]
    [InlineData("1 allow:other\n")]
    [InlineData("1 maybe\n")]
    [InlineData("x deny\n")]
    [InlineData("a line that does not end and is far too long ")]
    [InlineData("")]
    public async Task A_terminal_that_says_what_is_no_answer_or_leaves_is_a_refusal(string said)
    {
        using var terminal = await ConnectAsync();
        var call = bench.CallAsync(source, "vault");
        await QuestionAsync(terminal);

        if (said.Length == 0)
            terminal.Dispose();
        else
            await SayAsync(terminal, said.EndsWith('\n') ? said : string.Concat(Enumerable.Repeat(said, 10)));

        Assert.Contains("nobody could be asked", Assert.IsType<DeniedCall>(await call).Reason);
    }

    [Fact]
    public async Task A_question_whose_caller_left_is_withdrawn_and_the_terminal_goes_on()
    {
        using var terminal = await ConnectAsync();
        using var leave = new CancellationTokenSource();
        var call = bench.CallAsync(source, "vault", cancel: leave.Token);
        var id = (await QuestionAsync(terminal)).GetProperty("id").GetInt32();

        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(id, (await QuestionAsync(terminal)).GetProperty("withdrawn").GetInt32());
        var next = bench.CallAsync(source, "vault");
        await SayAsync(terminal, $"{(await QuestionAsync(terminal)).GetProperty("id")} allow:vault\n");
        Assert.IsType<AllowedCall>(await next);
    }

    [Fact]
    public async Task The_socket_is_the_daemons_own()
    {
        Assert.Equal(
            UnixFileMode.None, File.GetUnixFileMode(bench.Terminals.Path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite));
        await bench.Terminals.StopAsync(default);
        Assert.False(File.Exists(bench.Terminals.Path));
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        terminals.Add(socket);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(bench.Terminals.Path));
        await bench.Log.NextAsync(2158).WaitAsync(JudgeBench.Limit);
        return socket;
    }

    private static async Task SayAsync(Socket terminal, string text) => await terminal.SendAsync(Encoding.ASCII.GetBytes(text));

    private static async Task<JsonElement> QuestionAsync(Socket terminal)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (line.Count == 0 || line[^1] != '\n')
        {
            Assert.Equal(1, await terminal.ReceiveAsync(one).WaitAsync(JudgeBench.Limit));
            line.Add(one[0]);
        }
        return JsonDocument.Parse(line.ToArray()).RootElement.Clone();
    }
}
