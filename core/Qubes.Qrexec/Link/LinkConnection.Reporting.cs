using System.Threading.Channels;

namespace Qubes.Qrexec.Link;

/// <content>How much memory the guest uses.</content>
public sealed partial class LinkConnection
{
    // Of what a guest reports faster than anybody reads it, the newest is kept: however much comes, it costs a comparison and a store.
    private readonly Channel<long> uses = Channel.CreateBounded<long>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>
    /// Bytes of memory that the guest says it uses, 0 to 4 TiB, once it was asked; of several that nobody has read, the newest. Ends
    /// with the link. How often to read it is the reader's to decide: nothing keeps a guest from reporting more often than asked.
    /// </summary>
    public ChannelReader<long> MemoryReports => uses.Reader;

    /// <summary>
    /// Asks the guest to tell how much memory it uses; false: its agent is too old for that, the link is down, or the guest is being sealed.
    /// </summary>
    /// <param name="period">Shortest time between two reports, brought into 100 ms to 60 s; zero: no more of them.</param>
    public bool AskForMemoryReports(TimeSpan period)
    {
        var milliseconds = period == TimeSpan.Zero
            ? 0
            : (int)Math.Clamp(period.TotalMilliseconds, LinkSession.ShortestReportPeriod, LinkSession.LongestReportPeriod);
        lock (gate)
        {
            if (isDown || !session.AskForReports(milliseconds))
                return false;
            NoteOutput();
            return true;
        }
    }
}
