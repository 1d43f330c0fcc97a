using System.Diagnostics;

namespace Qubes.Plugins.FilePool.Tests.FileSystems;

/// <summary>A real file system in a sparse file, mounted through a loop device; both are gone when it is let go. Needs root.</summary>
public sealed class MountedImage : IDisposable
{
    // Outlives tests that are killed, and ends with the directory otherwise.
    private const string Reaper = """
        while [[ -d /proc/$1 && -d $2 ]]; do sleep 0.2; done
        umount "$2/mount" 2>/dev/null
        rm -rf "$2"
        """;

    private readonly string place = System.IO.Directory.CreateTempSubdirectory("qubes-mount-").FullName;

    private MountedImage(string program, params string[] options)
    {
        System.IO.Directory.CreateDirectory(Directory);
        try
        {
            using (var file = new FileStream(Image, FileMode.CreateNew))
                file.SetLength(400L << 20);
            Run(program, [.. options, Image]);
            Process.Start("setsid", ["bash", "-c", Reaper, "reaper", $"{Environment.ProcessId}", place]).Dispose();
            Run("mount", "-o", "loop", Image, Directory);
        }
        catch
        {
            System.IO.Directory.Delete(place, recursive: true);
            throw;
        }
    }

    public static MountedImage Xfs() => new("mkfs.xfs", "-q", "-m", "reflink=1");

    public static MountedImage XfsWithoutSharing() => new("mkfs.xfs", "-q", "-m", "reflink=0");

    public static MountedImage Btrfs() => new("mkfs.btrfs", "-q");

    /// <summary>Where it is mounted.</summary>
    public string Directory => place + "/mount";

    /// <summary>Bytes that are taken, once all is on the disk.</summary>
    public long Used
    {
        get
        {
            Run("sync", "-f", Directory);
            var drive = new DriveInfo(Directory);
            return drive.TotalSize - drive.TotalFreeSpace;
        }
    }

    private string Image => place + "/image";

    /// <summary>The loop device goes with its mount.</summary>
    public void Dispose()
    {
        Run("umount", Directory);
        System.IO.Directory.Delete(place, recursive: true);
    }

    private static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {errors}");
    }
}
