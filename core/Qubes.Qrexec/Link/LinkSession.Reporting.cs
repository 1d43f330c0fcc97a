namespace Qubes.Qrexec.Link;

/// <content>How much memory a guest uses.</content>
internal sealed partial class LinkSession
{
    /// <summary>The shortest time between two reports that a host may ask for, milliseconds.</summary>
    public const int ShortestReportPeriod = 100;

    /// <summary>The longest, milliseconds.</summary>
    public const int LongestReportPeriod = 60_000;

    private int? reportPeriodDue;
    private uint? useDue;
    private bool mayReport;

    private bool ReportingIsDue => reportPeriodDue is not null || useDue is not null;

    /// <summary>A host's: asks for reports, at most one in so many milliseconds; 0: no more. False: the guest is too old for that, or sealed.</summary>
    public bool AskForReports(int milliseconds)
    {
        if (!IsEstablished || PeerVersion < Greeting.ReportingVersion || awaitsSealed)
            return false;
        reportPeriodDue = milliseconds;
        // What was asked for stays allowed: a report may be on its way when the host takes it back.
        mayReport |= milliseconds > 0;
        return true;
    }

    /// <summary>A guest's: tells how much memory is used, in place of what has not been sent yet; nothing where nobody asked.</summary>
    public void TellUse(uint kib)
    {
        if (mayReport)
            useDue = kib;
    }

    private void JudgeReporting(LinkFrame frame)
    {
        switch (frame.Type)
        {
            case LinkFrameType.Report when role == LinkRole.Guest && frame.Value is 0 or (>= ShortestReportPeriod and <= LongestReportPeriod):
                mayReport = frame.Value > 0;
                if (!mayReport)
                    useDue = null;
                user.ReportsAsked((int)frame.Value);
                break;
            case LinkFrameType.Uses when role == LinkRole.Host && mayReport:
                user.UseTold(frame.Value);
                break;
            default:
                throw new LinkViolationException($"a frame of type {(byte)frame.Type} with value {frame.Value} is not allowed here");
        }
    }

    private void WriteReporting(ref Span<byte> room)
    {
        if (reportPeriodDue is { } period && TryWrite(ref room, new LinkFrame(LinkFrameType.Report, 0, (uint)period)))
            reportPeriodDue = null;
        if (useDue is { } kib && TryWrite(ref room, new LinkFrame(LinkFrameType.Uses, 0, kib)))
            useDue = null;
    }

    private void ForgetReports()
    {
        reportPeriodDue = null;
        useDue = null;
        mayReport = false;
    }
}
