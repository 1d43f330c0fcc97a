using Qubes.Client.Native;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;

namespace Qubes.Client.Calling;

/// <summary>
/// The calling side of a data connection (spec: protocol, section 7), on one thread that waits for all its ends at once. Nothing
/// is read that cannot be passed on, so that whoever is slow slows down only those who feed him.
/// </summary>
internal sealed partial class CallSession
{
    private readonly int vchan;
    private readonly CallEnds ends;
    private readonly ExitCodeReader exitCode = new();
    private bool isVchanClosed;

    /// <summary>A session over a fresh connection.</summary>
    public CallSession(int vchan, CallEnds ends)
    {
        (this.vchan, this.ends, input, prefix) = (vchan, ends, ends.Input, ends.Prefix);
        Put(QrexecMessage.EncodeHello(ProtocolVersion.Current));
    }

    // A local program that hears nothing may well have done its part.
    private bool IsUnheard => ends is { Program: null, Output.IsBroken: true };

    private bool IsServiceDone => exitCode.Code is not null && ends.Output.Descriptor < 0;

    /// <summary>
    /// Runs the call to its end and returns the service's exit code; 255 if the connection was lost before, or nobody is left on
    /// this side. With a local program, it has ended, too, and its status is returned where the service's is 0.
    /// </summary>
    /// <exception cref="QrexecViolationException">The service's side broke the protocol.</exception>
    public int Run()
    {
        while (!IsServiceDone && !isVchanClosed)
        {
            Send();
            if (IsPointless())
                return ExitCodeReader.Lost;
            Wait();
        }

        SendLastEnd();
        var status = exitCode.Code ?? ExitCodeReader.Lost;
        Descriptors.Close(vchan);
        ends.Output.Close();
        return ends.Program?.Finish() is { } local && status == 0 ? local : status;
    }

    private void Wait()
    {
        Span<PollEntry> entries =
        [
            // That someone hung up is told again and again: looked at only where it is of use.
            new PollEntry(HasReceived && !HasToSend ? -1 : vchan, (short)((HasReceived ? 0 : PollEntry.In) | (HasToSend ? PollEntry.Out : 0))),
            new PollEntry(MayTakeInput || IsUnheard ? input : -1, MayTakeInput ? PollEntry.In : (short)0),
            new PollEntry(ends.Output.IsBroken ? -1 : ends.Output.Descriptor, IsHeldUpBy(ends.Output)),
            new PollEntry(IsHeldUpBy(ends.Error) != 0 ? ends.Error.Descriptor : -1, PollEntry.Out),
            new PollEntry(ends.Program?.SocketRequests ?? -1, PollEntry.In),
        ];
        Libc.Poll(entries, -1);
        if (entries[2].IsBroken)
            ends.Output.Break();
        isInputHungUp = entries[1].IsBroken;
        if (HasReceived)
            Deliver();
        else if (entries[0].Happened is not 0 and not PollEntry.Out)
            Receive();
        if (entries[4].Happened != 0)
            UseSocket();
        else if (MayTakeInput && entries[1].Happened != 0)
            TakeInput();
    }

    private short IsHeldUpBy(Sink sink) => HasReceived && heldUpBy == sink ? PollEntry.Out : (short)0;

    /// <summary>
    /// Nobody listens on this side, and nobody speaks or is heard: only the end of the connection can tell the service so.
    /// </summary>
    private bool IsPointless() => IsUnheard && (input < 0 || (isInputHungUp && !MayTakeInput));
}
