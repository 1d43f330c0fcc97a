using Qubes.Plugins.Qrexec.Agents;
using Qubes.Plugins.Qrexec.Ports;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>A program in a guest that calls: its agent waits for the answer.</summary>
internal sealed class GuestCaller(Guest guest, AgentSession session, RequestId id, TimeProvider time) : ICaller
{
    /// <summary>How long the program may take to open its data connection (spec: protocol, section 7).</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public CallSource Source { get; } = new(guest.Name, guest.Qube);

    public int Domain => guest.Id;

    public CancellationToken Left => session.Ended;

    public async Task<IVchan> AcceptAsync(int domain, int port, CancellationToken cancel)
    {
        if (session.Expect(domain, port) is not { } end)
        {
            await RefuseAsync(cancel);
            throw new VchanClosedException($"'{guest.Name}' has as many data connections as it can have");
        }
        try
        {
            await session.AcceptAsync(new ServiceConnect(new(domain, end.Port), id), cancel);
            using var patience = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
            return await end.OpenAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new VchanClosedException($"the caller in '{guest.Name}' did not connect within {Patience.TotalSeconds:0} s");
        }
    }

    public async Task RefuseAsync(CancellationToken cancel)
    {
        try
        {
            await session.RefuseAsync(id, cancel);
        }
        catch (VchanClosedException)
        {
            // It has gone.
        }
    }
}
