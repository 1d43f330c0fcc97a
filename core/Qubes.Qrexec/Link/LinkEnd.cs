using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Link;

/// <summary>The state of one channel at this end of a link. Belongs to its <see cref="LinkSession"/>.</summary>
internal sealed class LinkEnd(ushort id, VchanAddress address)
{
    /// <summary>The channel's number.</summary>
    public ushort Id => id;

    /// <summary>The vchan that it stands for: as the guest sees it, whoever opened it.</summary>
    public VchanAddress Address => address;

    /// <summary>What the user of the session keeps with it.</summary>
    public object? Owner { get; set; }

    /// <summary>Bytes that may be sent.</summary>
    public int SendCredit { get; set; }

    /// <summary>Bytes that the peer may still send.</summary>
    public int ReceiveCredit { get; set; }

    /// <summary>Bytes consumed here for which no credit was given back yet.</summary>
    public int Owed { get; set; }

    /// <summary>An OPEN has yet to be sent.</summary>
    public bool OpenIsDue { get; set; }

    /// <summary>A CLOSE has yet to be sent.</summary>
    public bool CloseIsDue { get; set; }

    /// <summary>This side is done with it: sends nothing more and wants nothing more.</summary>
    public bool IsClosedHere { get; set; }

    /// <summary>The peer sent CLOSE.</summary>
    public bool IsClosedThere { get; set; }

    /// <summary>It waits for its control frames to be written.</summary>
    public bool IsQueued { get; set; }
}
