using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.Lines;

/// <summary>
/// The link of our own agent: all vchans share one port of the machine. The control connection to a copy is open already.
/// </summary>
internal sealed class LinkLine(LinkConnection link, LinkChannel? control = null) : IGuestLine
{
    public bool IsDown => link.IsDown;

    public Task Completion => link.Completion;

    public IVchan OpenControl() => control ?? link.OpenChannel(new VchanAddress(0, QrexecLimits.ControlPort));

    public void Await(VchanAddress address, bool guestServes)
    {
        // The guest opens a channel in either case.
    }

    public bool TryTake(out VchanAddress address, [NotNullWhen(true)] out IVchan? vchan)
    {
        bool isOne = link.Incoming.TryRead(out LinkChannel? channel);
        (address, vchan) = (channel?.Address ?? default, channel);
        return isOne;
    }

    public ValueTask<bool> WaitAsync(CancellationToken cancel) => link.Incoming.WaitToReadAsync(cancel);

    // Frames arrive in order: what was opened before its end was told is there.
    public Task SettleAsync(VchanAddress address) => Task.CompletedTask;

    public Task RequestPowerOffAsync(CancellationToken cancel) => link.RequestPowerOffAsync(cancel);

    public Task SealAsync(CancellationToken cancel) => link.SealAsync(cancel);

    public void TellTime(DateTimeOffset time) => link.TellTime(time);

    public bool AskForMemoryReports(TimeSpan period) => link.AskForMemoryReports(period);

    public ChannelReader<long> MemoryReports => link.MemoryReports;

    public ValueTask DisposeAsync() => link.DisposeAsync();
}
