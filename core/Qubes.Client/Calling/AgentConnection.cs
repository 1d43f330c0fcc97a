using Qubes.Client.Native;
using Qubes.Qrexec.Protocol;

namespace Qubes.Client.Calling;

/// <summary>
/// The conversation with the agent: one request, one answer, and then the connection stays, since its end is how the agent learns
/// that the call matters to nobody any more.
/// </summary>
internal sealed class AgentConnection
{
    /// <summary>How long a peer may take to connect, milliseconds (spec: protocol, section 7).</summary>
    private const int Patience = 120_000;
    private const int Input = 0;
    private const int Output = 1;

    private readonly int socket;
    private bool isOutputBroken;

    private AgentConnection(int socket) => this.socket = socket;

    /// <summary>Connects, and asks.</summary>
    /// <exception cref="IOException">There is no agent.</exception>
    public static AgentConnection Ask(string path, ReadOnlySpan<byte> request)
    {
        var socket = Libc.ConnectUnix(path);
        while (!request.IsEmpty)
        {
            var count = Descriptors.Write(socket, request);
            if (count < 0 && !Libc.WasTransient)
                throw SystemCallException.Last($"write to {path}");
            request = request[Math.Max(count, 0)..];
        }

        return new AgentConnection(socket);
    }

    /// <summary>Waits for the answer; null if the call is refused.</summary>
    /// <exception cref="CallAbandonedException">Nobody would have any use of an answer.</exception>
    public ExecParameters? ReadAnswer()
    {
        // offset 0  u32 LE  domain of the peer
        //        4  u32 LE  port to serve
        var answer = new byte[ExecParameters.Size];
        for (var filled = 0; filled < answer.Length;)
        {
            WaitFor(socket, -1);
            var count = Descriptors.Read(socket, answer.AsSpan(filled));
            if (count == 0 || (count < 0 && !Libc.WasTransient))
                return null;
            filled += Math.Max(count, 0);
        }

        return ExecParameters.Read(answer);
    }

    /// <summary>Serves a vchan until its one client has come.</summary>
    /// <exception cref="CallAbandonedException">None came, or nobody has any use of one.</exception>
    /// <exception cref="IOException">It cannot be served.</exception>
    public int Serve(string path)
    {
        var listener = Libc.ListenUnix(path);
        try
        {
            while (true)
            {
                WaitFor(listener, Patience);
                if (Libc.Accept(listener) is >= 0 and var vchan)
                    return vchan;
            }
        }
        finally
        {
            Descriptors.Remove(path);
            Descriptors.Close(listener);
        }
    }

    // Whoever started this program and has closed both its ends wants no answer any more. That the input's end has come does not
    // show before it is read; that there is nobody who could write to it does.
    private void WaitFor(int awaited, int milliseconds)
    {
        Span<PollEntry> entries = stackalloc PollEntry[4];
        while (true)
        {
            entries[0] = new PollEntry(awaited, PollEntry.In);
            entries[1] = new PollEntry(awaited == socket ? -1 : socket, PollEntry.In);
            entries[2] = new PollEntry(isOutputBroken ? -1 : Output, 0);
            entries[3] = new PollEntry(isOutputBroken ? Input : -1, 0);
            var count = Libc.Poll(entries, milliseconds);
            if (entries[0].Happened != 0)
                return;
            if (entries[1].Happened != 0)
                throw new CallAbandonedException("the agent has given the call up");
            if (entries[3].IsBroken)
                throw new CallAbandonedException("nobody waits for an answer");
            isOutputBroken |= entries[2].IsBroken;
            if (count == 0 && milliseconds >= 0)
                throw new CallAbandonedException("the peer did not connect");
        }
    }
}
