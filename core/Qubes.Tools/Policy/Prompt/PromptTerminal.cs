using System.CommandLine;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Qubes.Tools.Admin;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Policy.Prompt;

/// <summary><c>qubes-policy prompt</c>: answers the policy's questions in a terminal until it is interrupted, or its input ends.</summary>
internal sealed class PromptTerminal() : AppletAction(
    "prompt", "Answer in this terminal what the policy's rules with the action ask want to know, of qubes without a GUI qube.")
{
    // What is typed when a question appears was meant for something else.
    private static readonly TimeSpan Inert = TimeSpan.FromSeconds(1);

    protected override void Describe(Command command)
    {
        // It takes nothing.
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(session.Paths.PolicyPromptSocket), cancellation);
        }
        catch (SocketException e)
        {
            throw new ToolException($"cannot connect to {session.Paths.PolicyPromptSocket}: {e.Message}; is qubesd running, and are you root?", cause: e);
        }
        await using var daemon = new NetworkStream(socket);
        var questions = Lines(daemon, Encoding.UTF8, cancellation);
        var input = Lines(session.Console.RawInput, Encoding.ASCII, cancellation);
        await TellAsync(session, "Questions of the policy appear here. Interrupt to end.");
        PromptMessage? next = null;
        while (true)
        {
            // Typed while nothing is asked, it answers nothing.
            next ??= await NextAsync(questions, input, cancellation);
            if (next is null)
                return input.Completion.IsCompleted ? ExitCode.Success : throw new ToolException("the daemon has closed the connection");
            next = next.Withdrawn is null ? await AskAsync(session, daemon, next, questions, input, cancellation) : null;
        }
    }

    /// <returns>What came from the daemon instead of an answer, if that is another question.</returns>
    private static async Task<PromptMessage?> AskAsync(
        Session session, Stream daemon, PromptMessage question, ChannelReader<string> questions, ChannelReader<string> input,
        CancellationToken cancellation)
    {
        QuestionText.WriteTo(session.Console.Out, question);
        await session.Console.FlushAsync();
        await Task.Delay(Inert, session.Clock, cancellation);
        TypedAhead.Discard(input);
        while (true)
        {
            session.Console.Out.Write(question.DefaultTarget is null ? "Number: " : "Number [*]: ");
            await session.Console.FlushAsync();
            var typing = input.WaitToReadAsync(cancellation).AsTask();
            var asking = questions.WaitToReadAsync(cancellation).AsTask();
            if (await Task.WhenAny(typing, asking) == asking)
            {
                if (!await asking)
                    return null;
                questions.TryRead(out var said);
                var message = PromptMessage.Parse(said!);
                await TellAsync(session, "\nThe caller has gone: the question is withdrawn.");
                return message;
            }
            if (!await typing || !input.TryRead(out var typed))
                return null;
            if (Answer(question, typed.Trim()) is { } answer)
            {
                await daemon.WriteAsync(Encoding.ASCII.GetBytes($"{question.Id} {answer}\n"), cancellation);
                return null;
            }
            await TellAsync(session, $"A number from 0 to {question.Targets!.Length} is accepted.");
        }
    }

    private static string? Answer(PromptMessage question, string typed)
    {
        if (typed.Length == 0)
            return question.DefaultTarget is { } preselected ? "allow:" + preselected : null;
        if (!int.TryParse(typed, System.Globalization.NumberStyles.None, null, out var number) || number > question.Targets!.Length)
            return null;
        return number == 0 ? "deny" : "allow:" + question.Targets[number - 1];
    }

    private static async Task<PromptMessage?> NextAsync(ChannelReader<string> questions, ChannelReader<string> input, CancellationToken cancellation)
    {
        while (true)
        {
            var asking = questions.WaitToReadAsync(cancellation).AsTask();
            var typing = input.WaitToReadAsync(cancellation).AsTask();
            if (await Task.WhenAny(asking, typing) == asking)
                return await asking && questions.TryRead(out var line) ? PromptMessage.Parse(line) : null;
            if (!await typing)
                return null;
            TypedAhead.Discard(input);
        }
    }

    private static async Task TellAsync(Session session, string text)
    {
        session.Console.Out.WriteLine(text);
        await session.Console.FlushAsync();
    }

    private static ChannelReader<string> Lines(Stream from, Encoding encoding, CancellationToken cancellation)
    {
        var lines = Channel.CreateBounded<string>(16);
        _ = PumpAsync();
        return lines.Reader;

        async Task PumpAsync()
        {
            try
            {
                using var reader = new StreamReader(from, encoding, leaveOpen: true);
                while (await reader.ReadLineAsync(cancellation) is { } line)
                    await lines.Writer.WriteAsync(line, cancellation);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
            {
                // The other end has gone, or we go.
            }
            lines.Writer.TryComplete();
        }
    }
}
