using System.Threading.Channels;

namespace Qubes.Qrexec.Link;

/// <content>How much memory the guest uses.</content>
public sealed partial class LinkConnection
{
    /// <summary>More in one piece than any guest sends that keeps to what it was asked for: as many as in a minute's silence of the host.</summary>
    private const int MostReportsAtOnce = 600;

    /// <summary>After a piece with more, nothing is read for so long: the guest's own traffic waits, and nobody else's.</summary>
    private static readonly TimeSpan FloodPause = TimeSpan.FromMilliseconds(20);

    // Of what a guest reports faster than anybody reads it, the newest is kept: however much comes, each costs a store.
    private uint newestUse;
    private int usesTold;
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

    /// <summary>Hands on the newest report of a piece that was received, and says how many there were; with the gate held.</summary>
    private int TakeReports()
    {
        var count = usesTold;
        if (count > 0)
            uses.Writer.TryWrite(newestUse * 1024L);
        usesTold = 0;
        return count;
    }
}
