using System.Diagnostics;
using System.Text;
using NSubstitute;
using Qubes.Plugins.Qemu.Arguments;
using Qubes.Plugins.Qemu.Encryption;
using Qubes.Plugins.Qemu.Tests.Guests;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Qemu.Tests.Encryption;

/// <summary>QEMU itself judges the header; a real guest writes to such a disk.</summary>
[Collection("guests")]
public sealed class EphemeralDiskTests : IAsyncLifetime
{
    private const long Size = 1 << 20;

    private readonly GuestHost host = new();

    private string FilePath => host.Root + "/volatile.img";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public void Qemu_opens_the_disk_with_its_key_and_nothing_else_does()
    {
        var key = Encoding.ASCII.GetString(EphemeralDisk.Format(Disk()));
        Assert.Equal(LuksHeader.Length + Size, new FileInfo(FilePath).Length);
        Assert.Contains("wrote 65536/65536", Use(key, "write -P 7 0 64k"), StringComparison.Ordinal);
        Assert.Contains("read 65536/65536", Use(key, "read -P 7 0 64k"), StringComparison.Ordinal);
        Assert.Contains("wrote 512/512", Use(key, $"write -P 7 {Size - 512} 512"), StringComparison.Ordinal);
        Assert.Contains("Invalid password", Use(key[..^2] + "x=", "read 0 512"), StringComparison.Ordinal);
        Assert.DoesNotContain(File.ReadAllBytes(FilePath).Chunk(64), chunk => chunk.All(b => b == 7));
    }

    [Fact]
    public void Every_disk_has_a_key_of_its_own_and_what_was_there_is_gone()
    {
        var first = Encoding.ASCII.GetString(EphemeralDisk.Format(Disk()));
        Use(first, "write -P 7 0 1M");
        Assert.NotEqual(first, Encoding.ASCII.GetString(EphemeralDisk.Format(Disk())));
        Assert.Contains("Invalid password", Use(first, "read 0 512"), StringComparison.Ordinal);
        Assert.All(File.ReadAllBytes(FilePath)[(int)LuksHeader.Length..], b => Assert.Equal(0, b));
    }

    [Fact]
    public void Only_a_writable_volatile_volume_in_one_raw_file_is_taken()
    {
        var disk = Disk();
        var saved = new VolumeAttachment(Volume(isSaved: true), disk.Layers, true);
        foreach (var refused in (VolumeAttachment[])[
            disk with { IsWritable = false },
            disk with { Layers = [new DiskLayer(FilePath, "qcow2")] },
            disk with { Layers = [.. disk.Layers, .. disk.Layers] },
            disk with { Layers = [new DiskLayer(host.Root + "/missing", "raw")] },
            saved with { IsEphemeral = true }])
        {
            Assert.Throws<QubeException>(() => EphemeralDisk.Format(refused));
        }
    }

    [Fact]
    public void The_key_is_on_no_command_line()
    {
        var graph = new DiskGraph([Disk()]);
        var secret = Assert.Single(graph.Secrets);
        Assert.Contains($"secret,id=vda-key,format=raw,file=/dev/fd/{secret.Descriptor}", graph.Arguments);
        Assert.DoesNotContain(Encoding.ASCII.GetString(secret.Content), string.Join(' ', graph.Arguments), StringComparison.Ordinal);
        Assert.DoesNotContain(secret.Descriptor, graph.Files.Select(file => file.Descriptor));
    }

    [Fact]
    public async Task A_guests_writes_are_on_the_disk_in_cipher_only()
    {
        var pool = await host.OpenPoolAsync();
        var volume = GuestHost.Volume(pool, "work/volatile", isSaved: false);
        volume.OwnEphemeral = true;
        var attachment = await pool.StartAsync(volume, default);
        Assert.True(attachment.IsEphemeral);
        await using var machine = await host.Driver.CreateAsync(GuestHost.Spec("work", attachment), default);
        await machine.BootAsync(default);
        using (var agent = new AgentPort(machine.AgentSocketPath))
        {
            Assert.Equal("2048", await agent.AskAsync("$B cat /sys/block/vda/size"));
            Assert.Equal("written", await agent.AskAsync(
                "echo -n \"a secret of the guest\" | $B dd of=/dev/vda bs=64k seek=1 conv=notrunc,fsync 2>/dev/null; echo written"));
            Assert.Equal("a secret of the guest", await agent.AskAsync(
                "echo 3 >/proc/sys/vm/drop_caches; $B dd if=/dev/vda bs=64k skip=1 count=1 2>/dev/null | $B head -c 21; echo"));
        }
        var content = await File.ReadAllBytesAsync(attachment.Layers[0].Path);
        Assert.Equal(LuksHeader.Length + Size, content.Length);
        Assert.True(content.AsSpan().IndexOf("a secret"u8) < 0);
        Assert.NotEqual(new byte[512], content[(int)(LuksHeader.Length + 65536)..][..512]);
        await machine.KillAsync(default);
        await pool.StopAsync(volume, default);
        Assert.False(File.Exists(attachment.Layers[0].Path));
    }

    private VolumeAttachment Disk()
    {
        if (!File.Exists(FilePath))
            File.WriteAllBytes(FilePath, []);
        return new VolumeAttachment(Volume(isSaved: false), [new DiskLayer(FilePath, "raw")], IsWritable: true) { IsEphemeral = true };
    }

    private static Volume Volume(bool isSaved) => GuestHost.Volume(Substitute.For<IStoragePool>(), "volatile", isSaved);

    private string Use(string key, string command)
    {
        var start = new ProcessStartInfo("qemu-io", [
            "--object", $"secret,id=key,data={key}", "-c", command, "--image-opts", $"driver=luks,key-secret=key,file.filename={FilePath}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
