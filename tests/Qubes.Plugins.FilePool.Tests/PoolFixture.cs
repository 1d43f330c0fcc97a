using Qubes.Plugins.FilePool.Drivers;
using System.Diagnostics;
using NSubstitute;
using Qubes.Plugins.FilePool.Images;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool.Tests;

/// <summary>A pool in a directory of its own, gone with the test.</summary>
public abstract class PoolFixture : IAsyncLifetime
{
    protected const long MiB = 1 << 20;

    protected string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("qubes-pool-").FullName;

    protected IStoragePool Pool { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var driver = new FilePoolDriver(TimeProvider.System);
        Pool = await driver.OpenAsync(
            new PoolConfiguration("main", "file", new Dictionary<string, string> { ["dir_path"] = Directory }), default);
    }

    public Task DisposeAsync()
    {
        System.IO.Directory.Delete(Directory, recursive: true);
        return Task.CompletedTask;
    }

    protected string PathOf(string name) => Path.Combine(Directory, name);

    protected Volume Persistent(string vid = "vm-templates/deb/root", long size = 4 * MiB, int keep = 1) => new()
    {
        Name = "root",
        Owner = Substitute.For<IQube>(),
        Pool = Pool,
        Vid = vid,
        Size = size,
        SaveOnStop = true,
        OwnRevisionsToKeep = keep,
    };

    protected Volume Snapshot(Volume source, string vid = "appvms/disp1/root", bool isWritable = true) => new()
    {
        Name = "root",
        Owner = Substitute.For<IQube>(),
        Pool = Pool,
        Vid = vid,
        Size = source.Size,
        SnapOnStart = true,
        Source = source,
        IsWritable = isWritable,
    };

    protected Volume Volatile(string vid = "appvms/disp1/volatile") => new()
    {
        Name = "volatile",
        Owner = Substitute.For<IQube>(),
        Pool = Pool,
        Vid = vid,
        Size = 8 * MiB,
    };

    /// <summary>Writes to the disk as a guest would: through QEMU's own block layer, with the layers as a machine gets them.</summary>
    protected static void GuestWrites(VolumeAttachment disk, string command) => QemuIo(disk, command);

    /// <summary>Fails unless the whole range reads as the byte.</summary>
    protected static void GuestReads(VolumeAttachment disk, byte pattern, long offset, long count) =>
        QemuIo(disk, $"read -P {pattern} {offset} {count}");

    protected static byte[] ReadRaw(string path, long offset, int count)
    {
        using var file = ImageFile.OpenRead(path);
        var buffer = new byte[count];
        RandomAccess.Read(file, buffer, offset);
        return buffer;
    }

    protected static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        return output;
    }

    private static void QemuIo(VolumeAttachment disk, string command)
    {
        var options = "";
        for (var i = disk.Layers.Count - 1; i >= 0; i--)
        {
            var (path, format) = disk.Layers[i];
            options = $"{{\"driver\":\"{format}\",\"file\":{{\"driver\":\"file\",\"filename\":\"{path}\"}}"
                + (options.Length > 0 ? $",\"backing\":{options}}}" : "}");
        }
        var output = Run("qemu-io", "-c", command, "json:" + options);
        Assert.DoesNotContain("failed", output, StringComparison.Ordinal);
    }
}
