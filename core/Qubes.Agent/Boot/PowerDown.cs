using Qubes.Agent.Native;

namespace Qubes.Agent.Boot;

/// <summary>Ends the guest.</summary>
internal static class PowerDown
{
    private const int Patience = 1000;
    private const int Step = 10;

    /// <summary>
    /// As the first process: asks everyone to end, then makes them, writes all to disk, and restarts the machine, which its
    /// hypervisor was told to take for the end.
    /// </summary>
    public static void Run()
    {
        AgentLog.Write("powering off");
        Libc.SignalAll(Libc.Terminate);
        if (!AllEnded(Patience))
        {
            Libc.SignalAll(Libc.Kill);
            AllEnded(Patience);
        }

        Libc.Sync();
        Libc.UnmountLazily("/home");
        Libc.UnmountLazily("/rw");
        try
        {
            Libc.Mount("none", "/", null, Libc.Remount | Libc.MountReadOnly, null);
        }
        catch (SystemCallException e)
        {
            AgentLog.Write($"the root stays writable: {e.Message}");
        }

        Libc.Sync();
        Libc.Reboot();
    }

    private static bool AllEnded(int milliseconds)
    {
        for (var left = milliseconds; left > 0; left -= Step)
        {
            while (Libc.Reap(-1, wait: false) is var (pid, _) && pid != 0)
            {
                if (pid < 0)
                    return true;
            }

            Libc.Pause(Step);
        }

        return false;
    }
}
