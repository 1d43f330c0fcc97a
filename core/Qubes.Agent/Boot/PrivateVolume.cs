using Qubes.Agent.Accounts;
using Qubes.Agent.Native;
using Qubes.Agent.Processes;

namespace Qubes.Agent.Boot;

/// <summary>The qube's own storage: <c>/rw</c>, with <c>/home</c> and <c>/usr/local</c> in it, as in every Qubes OS guest.</summary>
internal static class PrivateVolume
{
    private const string Device = "/dev/vdb";
    private const string Target = "/rw";

    /// <summary>
    /// Mounts it. A blank volume gets a file system, unless the qube is disposable: then memory does, and nothing is written to
    /// the volume at all.
    /// </summary>
    /// <exception cref="IOException">It holds something else, or cannot be mounted.</exception>
    public static void Mount(bool isDisposable)
    {
        if (!File.Exists(Device))
            return;
        Directory.CreateDirectory(Target);
        var content = VolumeProbe.Look(Device);
        if (content == VolumeContent.Blank && isDisposable)
        {
            Libc.Mount("tmpfs", Target, "tmpfs", Libc.MountNoSuid | Libc.MountNoDevices, "mode=0755,size=50%");
            return;
        }

        if (content == VolumeContent.Blank)
            Format();
        else if (content == VolumeContent.Unknown)
            throw new IOException($"{Device} holds neither an ext4 file system nor nothing; it is left alone");
        Libc.Mount(Device, Target, "ext4", Libc.MountNoSuid | Libc.MountNoDevices | Libc.MountNoAccessTimes, null);
        // A volume that was made larger at rest; a disposable's would be grown anew in every one.
        if (!isDisposable && VolumeProbe.HasGrown(Device))
            Run("/sbin/resize2fs", Device);
        Keep("/home", Target + "/home");
        Keep("/usr/local", Target + "/usrlocal");
    }

    // What a folder of the template holds is where the qube's own one begins; from then on it is the qube's.
    private static void Keep(string folder, string kept)
    {
        if (!Directory.Exists(folder))
            return;
        if (!Directory.Exists(kept))
        {
            // The last step is the rename, so that a copy that was cut short is made anew.
            var half = kept + ".new";
            Run("/bin/rm", "-rf", half);
            Run("/bin/cp", "-a", folder, half);
            Directory.Move(half, kept);
        }

        Libc.Mount(kept, folder, null, Libc.MountBind, null);
    }

    private static void Format() => Run("/sbin/mke2fs", "-q", "-t", "ext4", "-m", "0", Device);

    private static void Run(string path, params string[] arguments)
    {
        var root = new Account("root", 0, 0, [0], "/", "/bin/sh");
        var program = new Program(path, [path, .. arguments], new Dictionary<string, string>(), root);
        var nothing = Descriptors.Open("/dev/null", Descriptors.ReadWrite);
        try
        {
            var (_, status) = Libc.Reap(Launcher.Start(program, nothing, nothing, nothing), wait: true);
            if (status != 0)
                throw new IOException($"{path} ended with status {status}");
        }
        finally
        {
            Descriptors.Close(nothing);
        }
    }
}
