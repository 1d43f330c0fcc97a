namespace Qubes.Plugins.Qrexec.HostCallers;

/// <summary>The host's account database. It may be slow: not used on the kernel loop.</summary>
internal interface ILocalAccounts
{
    /// <summary>The name of a user; null if there is none.</summary>
    string? UserName(uint uid);

    /// <summary>Whether a user is in a group, by the database and not by what a process has.</summary>
    bool IsMember(uint uid, string group);
}
