using Qubes.GuestTools.Commands;

namespace Qubes.GuestTools.Copying;

/// <summary>How far a copy is, as a line that overwrites itself; nothing where standard error is no terminal.</summary>
internal sealed class CopyProgress(Surroundings surroundings)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private long last = surroundings.Clock.GetTimestamp();
    private bool isShown;

    /// <param name="bytes">Sent so far.</param>
    public void Show(long bytes)
    {
        if (!surroundings.ErrorIsTerminal || surroundings.Clock.GetElapsedTime(last) < Interval)
            return;
        last = surroundings.Clock.GetTimestamp();
        isShown = true;
        surroundings.Error.Write($"\rsent {bytes >> 20} MiB");
    }

    /// <summary>Leaves an empty line.</summary>
    public void Clear()
    {
        if (isShown)
            surroundings.Error.Write("\r\u001b[K");
    }
}
