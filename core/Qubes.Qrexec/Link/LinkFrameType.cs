namespace Qubes.Qrexec.Link;

/// <summary>Types of link frames; the layout is at <see cref="LinkFrame"/>.</summary>
internal enum LinkFrameType : byte
{
    Fill = 0,
    Open = 1,
    Data = 2,
    Credit = 3,
    Close = 4,
    PowerOff = 5,
    Ping = 6,
    Pong = 7,
    Time = 8,
    Seal = 9,
    Sealed = 10,
    Identity = 11,
    Identified = 12,
    Report = 13,
    Uses = 14,
}
