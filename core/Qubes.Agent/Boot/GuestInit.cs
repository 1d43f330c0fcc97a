using System.Text;
using Qubes.Agent.Native;
using Qubes.Agent.Vchans;

namespace Qubes.Agent.Boot;

/// <summary>What the first process of a guest does before it serves: from the initial RAM disk to the guest's own root.</summary>
internal static class GuestInit
{
    private const string RootDevice = "/dev/vda";
    private const string NewRoot = "/newroot";
    private const int DeviceTimeout = 10_000;
    private const int DeviceStep = 5;

    /// <summary>Brings the guest up, and returns who it is.</summary>
    /// <exception cref="IOException">There is no root to go on with.</exception>
    public static BootParameters Run()
    {
        MountKernelFileSystems("");
        AgentLog.UseKernelLog();
        var parameters = BootParameters.Parse(File.ReadAllText("/proc/cmdline"));
        KernelModules.Load("/modules");
        SwitchRoot();
        MountSessionFileSystems();
        Try("host name", () => Libc.SetHostName(Encoding.UTF8.GetBytes(parameters.Name)));
        Try("loopback", Libc.BringLoopbackUp);
        Try("private volume", () => PrivateVolume.Mount(parameters.IsDisposable));
        Try("volatile volume", SwapVolume.Enable);
        return parameters;
    }

    private static void MountKernelFileSystems(string root)
    {
        foreach (var directory in (string[])["/proc", "/sys", "/dev"])
            Directory.CreateDirectory(root + directory);
        const uint safe = Libc.MountNoSuid | Libc.MountNoExec | Libc.MountNoDevices;
        Libc.Mount("proc", root + "/proc", "proc", safe, null);
        Libc.Mount("sysfs", root + "/sys", "sysfs", safe, null);
        Libc.Mount("devtmpfs", root + "/dev", "devtmpfs", Libc.MountNoSuid, "mode=0755");
    }

    private static void SwitchRoot()
    {
        WaitFor(RootDevice);
        Directory.CreateDirectory(NewRoot);
        Libc.Mount(RootDevice, NewRoot, "ext4", Libc.MountNoAccessTimes, null);
        foreach (var directory in (string[])["/proc", "/sys", "/dev"])
        {
            Directory.CreateDirectory(NewRoot + directory);
            Libc.Mount(directory, NewRoot + directory, null, Libc.MountMove, null);
        }

        // The RAM disk stays below the new root for ever: what is in it would stay in memory.
        Directory.Delete("/modules", true);
        File.Delete("/init");
        Directory.SetCurrentDirectory(NewRoot);
        Libc.Mount(".", "/", null, Libc.MountMove, null);
        Libc.ChangeRoot(".");
        Directory.SetCurrentDirectory("/");
    }

    private static void MountSessionFileSystems()
    {
        const uint safe = Libc.MountNoSuid | Libc.MountNoDevices;
        foreach (var (type, target, flags, options) in ((string, string, uint, string)[])
            [
                ("devpts", "/dev/pts", Libc.MountNoSuid | Libc.MountNoExec, "mode=0620,gid=5,ptmxmode=0666"),
                ("tmpfs", "/dev/shm", safe, "mode=1777"),
                ("tmpfs", "/run", safe, "mode=0755,size=20%"),
                ("tmpfs", "/tmp", safe, "mode=1777,size=50%"),
            ])
        {
            Try(target, () =>
            {
                Directory.CreateDirectory(target);
                Libc.Mount(type, target, type, flags, options);
            });
        }

        foreach (var (link, target) in ((string, string)[])
            [("/dev/fd", "/proc/self/fd"), ("/dev/stdin", "/proc/self/fd/0"), ("/dev/stdout", "/proc/self/fd/1"), ("/dev/stderr", "/proc/self/fd/2")])
            Try(link, () => File.CreateSymbolicLink(link, target));
        Directory.CreateDirectory("/run/qubes");
        Try("vchans", VchanDirectory.FromEnvironment().Create);
    }

    private static void WaitFor(string device)
    {
        for (var left = DeviceTimeout; !File.Exists(device); left -= DeviceStep)
        {
            if (left <= 0)
                throw new IOException($"{device} did not appear");
            Libc.Pause(DeviceStep);
        }
    }

    /// <summary>Something the guest can live without: a failure is logged.</summary>
    private static void Try(string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            AgentLog.Write($"{what}: {e.Message}");
        }
    }
}
