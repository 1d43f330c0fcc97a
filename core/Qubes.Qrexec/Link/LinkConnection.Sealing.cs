using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Link;

/// <content>Sealing a guest before it is frozen, and connecting to its copies.</content>
public sealed partial class LinkConnection
{
    private readonly TaskCompletionSource<byte[]> identified = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LinkChannel? opened;
    private TaskCompletionSource<IdentityOutcome>? sealAnswered;

    /// <summary>
    /// Greets a guest that was copied while it was sealed, and tells it who it is; returns when it has taken all of it. Greeting,
    /// identity and a first channel go out in one write. There is no second attempt: on failure the stream is closed.
    /// </summary>
    /// <param name="stream">The way to the guest, which the connection then owns unless it leaves it open.</param>
    /// <param name="identity">Who it is to be; valid, and the caller's to dispose of.</param>
    /// <param name="first">A vchan that the guest serves once it has taken its identity.</param>
    /// <param name="options">The window; no other option matters.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="leaveOpen">
    /// The stream outlives the connection: a guest that was sealed over it and said nothing since can be greeted as a copy again.
    /// </param>
    /// <exception cref="IdentityRefusedException">The guest could not take all of it; it stays sealed.</exception>
    /// <exception cref="LinkViolationException">It broke the rules, for instance by opening a channel before it answered.</exception>
    /// <exception cref="EndOfStreamException">The stream ended or failed before the guest had answered.</exception>
    public static async Task<IdentifiedLink> ConnectCloneAsync(
        Stream stream, LinkIdentity identity, VchanAddress first, LinkOptions options, CancellationToken cancel, bool leaveOpen = false)
    {
        var link = new LinkConnection(stream, options, identity, first, leaveOpen);
        try
        {
            var sample = await link.identified.Task.WaitAsync(cancel).ConfigureAwait(false);
            return new IdentifiedLink(link, link.opened!, sample);
        }
        catch (VchanClosedException e)
        {
            await link.Completion.ConfigureAwait(false);
            throw new EndOfStreamException("the guest's port was closed before it had taken its identity", e);
        }
        catch
        {
            await link.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Has the guest end what runs and take nothing but an identity from then on; returns when it is so. The link is of no use
    /// afterwards, whatever came of it.
    /// </summary>
    /// <exception cref="IdentityRefusedException">It could not, and says why.</exception>
    /// <exception cref="NotSupportedException">Its agent is too old for that.</exception>
    /// <exception cref="VchanClosedException">The link is down or went down.</exception>
    public async Task SealAsync(CancellationToken cancel)
    {
        Task<IdentityOutcome> answer;
        lock (gate)
        {
            if (isDown)
                throw new VchanClosedException("the link to the guest is down");
            if (session.PeerVersion < Greeting.SealingVersion)
                throw new NotSupportedException($"it speaks version {session.PeerVersion} of the link; {Greeting.SealingVersion} is needed");
            if (sealAnswered is null)
            {
                sealAnswered = new TaskCompletionSource<IdentityOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
                session.Seal();
                NoteOutput();
            }

            answer = sealAnswered.Task;
        }

        var outcome = await answer.WaitAsync(cancel).ConfigureAwait(false);
        if (outcome != IdentityOutcome.Done)
            throw new IdentityRefusedException(outcome);
    }
}
