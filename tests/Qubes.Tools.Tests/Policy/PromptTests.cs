using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Qubes.Sdk.Testing.Time;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Policy;

public sealed class PromptTests : BenchTests, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly VirtualTimeProvider time = new();
    // Writing returns when what was written has been read.
    private readonly Pipe keys = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
    private readonly Pipe screen = new();
    private readonly StringBuilder shown = new();
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private Socket? daemon;
    private Task<int>? tool;

    [Theory]
    [InlineData("2", "1 allow:vault")]
    [InlineData("0", "1 deny")]
    [InlineData("", "1 allow:@dispvm:d")]
    public async Task A_number_or_nothing_answers(string typed, string answer)
    {
        await StartAsync();
        await AskAsync("""{"id":1,"source":"work","service":"a.Svc","argument":"+","targets":["@dispvm:d","vault"],"default_target":"@dispvm:d"}""");
        await PassInertAsync();

        await TypeAsync(typed + "\n");

        Assert.Equal(answer, await AnswerAsync());
        Assert.Contains("work wants to call a.Svc in:", shown.ToString());
        Assert.Contains("*   1  a new disposable of d", shown.ToString());
    }

    [Fact]
    public async Task What_is_typed_before_and_within_the_first_second_answers_nothing()
    {
        await StartAsync();
        await TypeAsync("1\n");
        await TypeAsync(" ");
        await AskAsync("""{"id":1,"source":"work","service":"a.Svc","argument":"+","targets":["vault"],"default_target":null}""");
        await TypeAsync("1\n1\n");
        // When this has been read, the lines before it have been passed on.
        await TypeAsync(" ");
        await PassInertAsync();

        await TypeAsync("0\n");

        Assert.Equal("1 deny", await AnswerAsync());
    }

    [Fact]
    public async Task What_is_no_number_of_the_list_is_asked_again()
    {
        await StartAsync();
        await AskAsync("""{"id":7,"source":"work","service":"a.Svc","argument":"+","targets":["vault"],"default_target":null}""");
        await PassInertAsync();

        await TypeAsync("vault\n2\n\n-1\n1\n");

        Assert.Equal("7 allow:vault", await AnswerAsync());
    }

    [Fact]
    public async Task Nothing_of_a_guest_reaches_the_terminal_but_as_plain_text()
    {
        await StartAsync();
        await AskAsync("""{"id":1,"source":"w\u001b]0;x\u0007","service":"a\u001b[2J\n0 fake","argument":"+\u202e\u009b","targets":["v\r\tx"],"default_target":null}""");
        await PassInertAsync();

        Assert.DoesNotContain(shown.ToString(), c => char.IsControl(c) && c != '\n');
        Assert.DoesNotContain('\u202e', shown.ToString());
        Assert.DoesNotContain("\n0 fake", shown.ToString());
    }

    [Fact]
    public async Task A_withdrawn_question_is_said_to_be_and_the_next_one_can_be_answered()
    {
        await StartAsync();
        await AskAsync("""{"id":1,"source":"work","service":"a.Svc","argument":"+","targets":["vault"],"default_target":null}""");
        await PassInertAsync();
        await SendAsync("""{"withdrawn":1}""");
        await ShownAsync("withdrawn");
        await AskAsync("""{"id":2,"source":"work","service":"b.Svc","argument":"+x","targets":["vault"],"default_target":null}""");
        await PassInertAsync();

        await TypeAsync("1\n");

        Assert.Equal("2 allow:vault", await AnswerAsync());
    }

    [Fact]
    public async Task The_end_of_the_input_ends_it_and_the_end_of_the_daemon_is_a_failure()
    {
        await StartAsync();
        await keys.Writer.CompleteAsync();
        Assert.Equal(0, await tool!.WaitAsync(Limit));
    }

    [Fact]
    public async Task The_end_of_the_daemon_is_a_failure()
    {
        await StartAsync();
        daemon!.Dispose();
        Assert.Equal(1, await tool!.WaitAsync(Limit));
    }

    [Fact]
    public async Task Without_a_daemon_it_says_what_to_do()
    {
        var result = await Bench.RunAsync("qubes-policy", "prompt");

        Assert.Equal(1, result.Code);
        Assert.Contains("is qubesd running", result.Error);
    }

    public void Dispose()
    {
        keys.Writer.Complete();
        daemon?.Dispose();
        listener.Dispose();
    }

    private async Task StartAsync()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Bench.Paths.PolicyPromptSocket)!);
        listener.Bind(new UnixDomainSocketEndPoint(Bench.Paths.PolicyPromptSocket));
        listener.Listen();
        var console = new ToolConsole(keys.Reader.AsStream(), screen.Writer.AsStream(), new MemoryStream(), outputIsTerminal: true);
        var session = new Session("qubes-policy", console, Bench.Paths, time);
        tool = AppletRunner.RunAsync(AppletRegistry.Make("qubes-policy"), ["prompt"], session);
        daemon = await listener.AcceptAsync().WaitAsync(Limit);
        await ShownAsync("Questions");
    }

    private Task AskAsync(string question) => SendAsync(question).ContinueWith(_ => ShownAsync("none: refuse"), TaskScheduler.Default).Unwrap();

    private async Task SendAsync(string line)
    {
        shown.Clear();
        await daemon!.SendAsync(Encoding.UTF8.GetBytes(line + "\n"));
    }

    // The second is over for the tool when it shows where to type.
    private async Task PassInertAsync()
    {
        for (var i = 0; i < 1000 && !shown.ToString().Contains("Number", StringComparison.Ordinal); i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await ReadScreenAsync(TimeSpan.FromMilliseconds(10));
        }
        Assert.Contains("Number", shown.ToString());
    }

    private async Task ShownAsync(string text)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!shown.ToString().Contains(text, StringComparison.Ordinal))
        {
            limit.Token.ThrowIfCancellationRequested();
            await ReadScreenAsync(TimeSpan.FromMilliseconds(50));
        }
    }

    private async Task ReadScreenAsync(TimeSpan atMost)
    {
        using var limit = new CancellationTokenSource(atMost);
        try
        {
            var read = await screen.Reader.ReadAsync(limit.Token);
            foreach (var part in read.Buffer)
                shown.Append(Encoding.UTF8.GetString(part.Span));
            screen.Reader.AdvanceTo(read.Buffer.End);
        }
        catch (OperationCanceledException)
        {
            // Nothing new yet.
        }
    }

    private async Task TypeAsync(string text) => await keys.Writer.WriteAsync(Encoding.ASCII.GetBytes(text)).AsTask().WaitAsync(Limit);

    private async Task<string> AnswerAsync()
    {
        var buffer = new byte[256];
        var count = await daemon!.ReceiveAsync(buffer).WaitAsync(Limit);
        return Encoding.ASCII.GetString(buffer, 0, count).TrimEnd('\n');
    }
}
