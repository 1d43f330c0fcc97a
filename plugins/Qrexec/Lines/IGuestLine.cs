using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.Lines;

/// <summary>What vchans to one guest's agent go over.</summary>
internal interface IGuestLine : IAsyncDisposable
{
    /// <summary>The control connection, which the caller then owns. Called once.</summary>
    /// <exception cref="VchanClosedException">The line is down.</exception>
    IVchan OpenControl();

    /// <summary>Whether the line, and every vchan over it, is down.</summary>
    bool IsDown { get; }

    /// <summary>Completes when it is down; faults if the guest broke the line's rules.</summary>
    Task Completion { get; }

    /// <summary>The guest is about to be told of a data connection.</summary>
    /// <param name="address">The guest's peer and the port.</param>
    /// <param name="guestServes">Whether the guest is the vchan's server, as a caller is.</param>
    void Await(VchanAddress address, bool guestServes);

    /// <summary>A data connection that the guest has opened since the last one was taken.</summary>
    bool TryTake(out VchanAddress address, [NotNullWhen(true)] out IVchan? vchan);

    /// <summary>Waits until there may be one to take; false when the line is down.</summary>
    ValueTask<bool> WaitAsync(CancellationToken cancel);

    /// <summary>Returns when a connection whose end the guest has told can be taken, or was never opened.</summary>
    Task SettleAsync(VchanAddress address);

    /// <summary>Asks the guest to power off.</summary>
    /// <exception cref="VchanClosedException">There is nobody to ask.</exception>
    Task RequestPowerOffAsync(CancellationToken cancel);

    /// <summary>Has the guest end what runs and take nothing but an identity from then on. The line is of no use afterwards.</summary>
    /// <exception cref="IdentityRefusedException">It could not.</exception>
    /// <exception cref="NotSupportedException">The line or the agent cannot do that.</exception>
    /// <exception cref="VchanClosedException">There is nobody to ask.</exception>
    Task SealAsync(CancellationToken cancel);

    /// <summary>Tells the guest the time, if the line can.</summary>
    void TellTime(DateTimeOffset time);

    /// <summary>Asks the guest to tell how much memory it uses, at most once in such a time; zero: no more. False: it cannot.</summary>
    bool AskForMemoryReports(TimeSpan period);

    /// <summary>Bytes that it says it uses, unchecked; the newest alone is kept. Ends with the line.</summary>
    ChannelReader<long> MemoryReports { get; }
}
