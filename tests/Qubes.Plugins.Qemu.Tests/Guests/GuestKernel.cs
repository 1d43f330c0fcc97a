using System.Diagnostics;
using System.Reflection;

namespace Qubes.Plugins.Qemu.Tests.Guests;

/// <summary>
/// A kernel directory with Debian's cloud kernel and an initramfs of busybox and a shell script that stands for the agent: it
/// opens the port <c>org.qubes.agent</c> and runs each line it reads there. Made once, kept below <c>out/</c>.
/// </summary>
internal static class GuestKernel
{
    private static readonly string[] Modules =
    [
        "virtio/virtio_ring", "virtio/virtio", "virtio/virtio_mmio", "char/virtio_console", "block/virtio_blk",
        "virtio/virtio_balloon"
    ];

    // With test.hang=1 the first boot marks the persistent disk vdb, spoils the snapshot vda, and never opens the port.
    private const string Init = """
        #!/bin/busybox sh
        B=/bin/busybox
        $B mount -t proc proc /proc; $B mount -t sysfs sys /sys; $B mount -t devtmpfs dev /dev
        for m in virtio_ring virtio virtio_mmio virtio_console virtio_blk virtio_balloon; do $B insmod /modules/$m.ko; done
        while ! $B grep -qs org.qubes.agent /sys/class/virtio-ports/*/name; do $B usleep 10000; done
        echo "guest up $($B cat /proc/uptime)" > /dev/console
        if $B grep -q test.hang=1 /proc/cmdline && [ "$($B head -c 4 /dev/vdb)" != mark ]; then
          echo -n spoil | $B dd of=/dev/vda conv=notrunc,fsync 2>/dev/null
          echo -n mark | $B dd of=/dev/vdb conv=notrunc,fsync 2>/dev/null
          while :; do $B sleep 1000; done
        fi
        for p in /sys/class/virtio-ports/*; do $B grep -q org.qubes.agent $p/name && port=/dev/${p##*/}; done
        exec 3<>$port
        while :; do
          if read -r line <&3; then eval "$line" >&3 2>&1; else $B usleep 20000; fi
        done
        """;

    private static readonly Lazy<string> Made = new(Make);

    public static string RepositoryRoot { get; } = typeof(GuestKernel).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>The directory with vmlinuz and initramfs.</summary>
    public static string Directory => Made.Value;

    private static string Make()
    {
        var target = RepositoryRoot + "out/test-guest";
        var downloads = target + "/downloads";
        if (!System.IO.Directory.Exists(downloads + "/root/boot"))
        {
            System.IO.Directory.CreateDirectory(downloads + "/root");
            var depends = Run("apt-cache", downloads, "depends", "linux-image-cloud-amd64");
            var image = depends.Split('\n').First(line => line.Contains("linux-image-", StringComparison.Ordinal)
                && line.Contains("Depends:", StringComparison.Ordinal)).Split(':')[1].Trim();
            Run("apt-get", downloads, "download", "-qq", "busybox-static", image);
            foreach (var package in System.IO.Directory.GetFiles(downloads, "*.deb"))
                Run("dpkg", downloads, "-x", package, "root");
        }
        File.Copy(System.IO.Directory.GetFiles(downloads + "/root/boot", "vmlinuz-*").Single(), target + "/vmlinuz", true);
        WriteInitramfs(downloads + "/root", target + "/initramfs");
        return target;
    }

    private static void WriteInitramfs(string root, string path)
    {
        var drivers = System.IO.Directory.GetDirectories(root + "/lib/modules").Single() + "/kernel/drivers/";
        using var file = File.Create(path);
        var archive = new CpioWriter(file);
        foreach (var directory in (string[])["bin", "dev", "proc", "sys", "modules"])
            archive.Directory(directory);
        archive.Program("bin/busybox", File.ReadAllBytes(root + "/bin/busybox"));
        foreach (var module in Modules)
            archive.Program($"modules/{Path.GetFileName(module)}.ko", File.ReadAllBytes(drivers + module + ".ko"));
        archive.Program("init", System.Text.Encoding.ASCII.GetBytes(Init));
        archive.End();
    }

    private static string Run(string program, string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, WorkingDirectory = directory };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} failed");
    }
}
