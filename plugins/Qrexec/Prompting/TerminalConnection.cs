using System.Net.Sockets;
using System.Text;
using Qubes.Sdk.Policy;

namespace Qubes.Plugins.Qrexec.Prompting;

// daemon → terminal   a line of JSON: {"id":N,"source":…,"service":…,"argument":…,"targets":[…],"default_target":…}  a question
//                     {"withdrawn":N}                                                                     its caller has gone
// terminal → daemon   N " deny" LF  |  N " allow:" TARGET LF                                              the answer to N
//
// One question at a time; N counts from 1. An answer to another question than the one that is open is passed over: the two crossed.

/// <summary>One connected terminal.</summary>
internal sealed class TerminalConnection : IAsyncDisposable
{
    private const int LongestAnswer = 256;

    // A terminal that is stopped does not read. Its callers shall not wait for it.
    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(5);
    private const string Deny = "deny";
    private const string Allow = "allow:";

    private readonly NetworkStream stream;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task reading;
    private volatile PendingQuestion? pending;
    private int last;

    /// <param name="socket">Of a peer that may answer; owned from here on.</param>
    /// <param name="time">For the longest wait.</param>
    public TerminalConnection(Socket socket, TimeProvider time)
    {
        this.time = time;
        stream = new(socket, ownsSocket: true);
        reading = ReadAsync();
    }

    /// <summary>Completes when the terminal has left, or sent what is no answer.</summary>
    public Task Ended => ended.Task;

    /// <returns>Null if the terminal left first.</returns>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public async Task<PolicyAnswer?> AskAsync(PolicyQuestion question, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (Ended.IsCompleted)
                return null;
            PendingQuestion asked = new(++last, question);
            pending = asked;
            await WriteAsync(QuestionLine.Question(asked.Id, question)).ConfigureAwait(false);
            await using CancellationTokenRegistration registration = cancel.Register(() => asked.Answered.TrySetCanceled(cancel));
            // Whoever left before the question was pending cannot answer it any more.
            await Task.WhenAny(asked.Answered.Task, Ended).ConfigureAwait(false);
            return asked.Answered.Task.IsCompleted ? await asked.Answered.Task.ConfigureAwait(false) : null;
        }
        catch (OperationCanceledException)
        {
            await WriteAsync(QuestionLine.Withdrawal(last)).ConfigureAwait(false);
            throw;
        }
        finally
        {
            pending = null;
            turn.Release();
        }
    }

    /// <summary>Lets the terminal go.</summary>
    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        await reading;
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> line)
    {
        try
        {
            using CancellationTokenSource limit = new(LongestWrite, time);
            await stream.WriteAsync(line, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It left, or a line is cut: reading ends too, and with it the connection.
            await stream.DisposeAsync().ConfigureAwait(false);
            await Ended.ConfigureAwait(false);
        }
    }

    private async Task ReadAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            byte[] buffer = new byte[LongestAnswer];
            for (int held = 0; ;)
            {
                int count = await stream.ReadAsync(buffer.AsMemory(held)).ConfigureAwait(false);
                if (count == 0)
                    break;
                held += count;
                int end;
                while ((end = buffer.AsSpan(0, held).IndexOf((byte)'\n')) >= 0)
                {
                    if (!Take(Encoding.ASCII.GetString(buffer, 0, end)))
                        return;
                    held -= end + 1;
                    buffer.AsSpan(end + 1, held).CopyTo(buffer);
                }
                if (held == buffer.Length)
                    break;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It left, or the daemon stops.
        }
        finally
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            ended.TrySetResult();
        }
    }

    /// <returns>False if it is no answer at all.</returns>
    private bool Take(string line)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || !int.TryParse(line.AsSpan(0, space), out int id))
            return false;
        string said = line[(space + 1)..];
        if (said != Deny && !said.StartsWith(Allow, StringComparison.Ordinal))
            return false;
        if (pending is not { } open || open.Id != id)
            return true;
        PolicyAnswer answer = said == Deny ? PolicyAnswer.Denied : new(said[Allow.Length..]);
        if (answer.Target is { } target && !open.Question.Targets.Contains(target, StringComparer.Ordinal))
            return false;
        // Its caller may have gone just now: then the answer is one that crossed, too.
        open.Answered.TrySetResult(answer);
        return true;
    }
}
