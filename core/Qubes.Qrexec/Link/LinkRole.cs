namespace Qubes.Qrexec.Link;

/// <summary>Which end of a link.</summary>
internal enum LinkRole
{
    /// <summary>Greets first and chooses the nonce.</summary>
    Host = 0,

    /// <summary>Takes a new greeting at any time, which ends whatever was before.</summary>
    Guest = 1,
}
