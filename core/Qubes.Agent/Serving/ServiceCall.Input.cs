using System.Runtime.InteropServices;
using Qubes.Agent.Native;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Rpc;

namespace Qubes.Agent.Serving;

/// <content>From the caller to the service.</content>
internal sealed partial class ServiceCall
{
    private readonly ByteRing received = new(MostReceived);
    private readonly MessageDecoder greeting = new();
    private DataDecoder? decoder;
    private int version;
    private int input = -1;
    private bool isGreetingDue;
    private ReadOnlyMemory<byte> toldFirst;

    // What comes before the service runs and listens is kept.
    private bool TakesInput => service is not null && !isGreetingDue;

    /// <inheritdoc/>
    public override void Received(ReadOnlySpan<byte> data)
    {
        try
        {
            if (decoder is null)
                TakeHello(ref data);
            var taken = TakesInput && received.Count == 0 ? Take(data) : 0;
            if (isOver)
                return;
            received.Put(data[taken..]);
        }
        catch (QrexecViolationException e)
        {
            Drop(e);
        }
    }

    private void Drop(QrexecViolationException violation)
    {
        AgentLog.Write($"a call is dropped: {violation.Message}");
        Closed();
        Pipe.Close();
    }

    private void TakeHello(ref ReadOnlySpan<byte> data)
    {
        var before = data.Length;
        var hello = greeting.Read(ref data);
        Pipe.Consume(before - data.Length);
        if (hello is null)
            return;
        version = ProtocolVersion.Negotiate(hello.ReadHello());
        decoder = new DataDecoder(version);
        Plan();
    }

    /// <summary>Takes as much as the service does, and returns how much that was.</summary>
    private int Take(ReadOnlySpan<byte> data)
    {
        var taken = 0;
        while (true)
        {
            var count = decoder!.TryRead(data[taken..], out var type, out var skipped, out var isLast);
            taken += skipped;
            if (count < 0)
                break;
            var accepted = Deliver(type, data.Slice(taken, count), isLast);
            taken += accepted;
            if (accepted == count)
                continue;
            decoder.PutBack(count - accepted);
            break;
        }

        Pipe.Consume(taken);
        return taken;
    }

    private int Deliver(MessageType type, ReadOnlySpan<byte> piece, bool isLast)
    {
        if (type is MessageType.DataStderr or MessageType.DataExitCode)
        {
            if (isLast)
                AgentLog.Write("a caller sent what only services send; ignored");
            return piece.Length;
        }

        if (input < 0)
            return piece.Length;
        if (piece.IsEmpty)
        {
            CloseInput();
            EndSocketIfDone();
            return 0;
        }

        var written = Descriptors.Write(input, piece);
        if (written >= 0)
            return written;
        if (Marshal.GetLastPInvokeError() is Errno.Again or Errno.Interrupted)
            return 0;
        // The service does not listen any more; the rest has nowhere to go.
        CloseInput();
        EndSocketIfDone();
        return piece.Length;
    }

    private void FlushInput()
    {
        if (isGreetingDue)
            Greet();
        try
        {
            while (!isOver && TakesInput && received.Count > 0)
            {
                var taken = Take(received.Peek());
                if (taken == 0)
                    return;
                received.Skip(taken);
            }
        }
        catch (QrexecViolationException e)
        {
            Drop(e);
        }
    }

    /// <summary>A socket has connected, failed to, or has room again: tells it what it is told first.</summary>
    private void Greet()
    {
        if (Libc.TakeSocketError(input) is > 0 and var error)
        {
            AgentLog.Write($"a call is not served ({ServiceException.Trouble}): {new SystemCallException("connect", error).Message}");
            exitCode = ServiceException.Trouble;
            isGreetingDue = false;
            CloseInput();
            Close(output);
            Pipe.Ready();
            return;
        }

        if (service!.IsConnecting && !Libc.HasPeer(input))
            return;
        while (!toldFirst.IsEmpty)
        {
            var count = Descriptors.Write(input, toldFirst.Span);
            if (count < 0 && Marshal.GetLastPInvokeError() is Errno.Again or Errno.Interrupted)
                return;
            // One that does not listen at all may still have something to say.
            toldFirst = count < 0 ? default : toldFirst[count..];
        }

        isGreetingDue = false;
        Pipe.Ready();
    }

    private void CloseInput()
    {
        if (input < 0)
            return;
        if (service!.Pid < 0)
            Libc.ShutdownWriting(input);
        loop.Remove(input);
        Descriptors.Close(input);
        input = -1;
    }
}
