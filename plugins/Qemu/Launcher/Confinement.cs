namespace Qubes.Machine.Launcher;

/// <summary>What a machine's process gives up.</summary>
internal static unsafe class Confinement
{
    private const int NoNewPrivileges = 38; // PR_SET_NO_NEW_PRIVS
    private const int CoreSize = 4; // RLIMIT_CORE

    /// <summary>
    /// A session of its own, so that no signal meant for the daemon reaches it; files it makes are its own; no core dumps,
    /// which would hold the guest's memory; no program that it runs gains privileges.
    /// </summary>
    public static void Detach()
    {
        Native.Check(Native.SetSession(), "setsid");
        _ = Native.SetMask(0x3f); // 077; gives the old one
        Native.Check(Native.ControlProcess(NoNewPrivileges, 1, 0, 0, 0), "no_new_privs");
        var none = stackalloc ulong[2];
        none[0] = none[1] = 0;
        Native.Check(Native.SetLimit(CoreSize, none), "setrlimit");
    }

    public static void EnterDirectory(string path) => Native.Check(Native.ChangeDirectory(path), $"chdir {path}");

    /// <summary>Becomes the user, for ever: real, effective and saved ids at once, in all threads; capabilities go with them.</summary>
    public static void Drop(LaunchIdentity? identity)
    {
        if (identity is null)
            return;
        if (identity.User == 0 || identity.Group == 0)
            throw new LaunchException("refuses to run a machine as root");
        uint[] groups = [.. identity.Groups];
        fixed (uint* first = groups)
            Native.Check(Native.SetGroups((nuint)groups.Length, first), "setgroups");
        Native.Check(Native.SetGroup(identity.Group, identity.Group, identity.Group), "setresgid");
        Native.Check(Native.SetUser(identity.User, identity.User, identity.User), "setresuid");
    }
}
