using System.Diagnostics;

namespace Qubes.Plugins.Templates.Tests.Kit;

/// <summary>Boots a kernel directory and a root image under emulation until the guest's agent has opened its port.</summary>
internal static class Microvm
{
    private const int Attempts = 2;
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    /// <summary>Whether it came up, and the console's text. A boot that takes too long is tried again.</summary>
    /// <remarks>The kernel is told its clock's frequency, since measuring it may fail for ever under load (see the Qemu plugin).</remarks>
    public static async Task<(bool IsUp, string Console)> BootAsync(string kernel, string root, string name)
    {
        var text = "";
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            using var folder = new TemporaryFolder();
            var isUp = await RunAsync(kernel, root, name, folder.File("console"));
            text = File.Exists(folder.File("console")) ? await File.ReadAllTextAsync(folder.File("console")) : "";
            if (isUp)
                return (true, text);
        }
        return (false, text);
    }

    private static async Task<bool> RunAsync(string kernel, string root, string name, string console)
    {
        using var machine = Process.Start(new ProcessStartInfo("qemu-system-x86_64",
        [
            "-M", "microvm,pit=off,pic=off,rtc=on,isa-serial=on", "-accel", "tcg", "-cpu", "max", "-m", "256", "-nodefaults", "-no-user-config", "-nographic", "-no-reboot",
            "-serial", "file:" + console, "-qmp", "stdio",
            "-kernel", kernel + "/vmlinuz", "-initrd", kernel + "/initramfs",
            "-append", $"console=ttyS0 reboot=t tsc_early_khz=2000000 panic=-1 qubes.name={name} qubes.type=DispVM qubes.user=user",
            "-drive", $"file={root},format=raw,if=none,id=root,snapshot=on", "-device", "virtio-blk-device,drive=root",
            "-chardev", "null,id=agent", "-device", "virtio-serial-device", "-device", "virtserialport,id=port,chardev=agent,name=org.qubes.agent",
        ])
        { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        using var deadline = new CancellationTokenSource(_deadline);
        try
        {
            await machine.StandardInput.WriteLineAsync("{\"execute\": \"qmp_capabilities\"}");
            await machine.StandardInput.FlushAsync();
            while (await machine.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
            {
                if (line.Contains("VSERPORT_CHANGE", StringComparison.Ordinal) && line.Contains("\"open\": true", StringComparison.Ordinal))
                    return true;
            }
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            machine.Kill();
            await machine.WaitForExitAsync();
        }
    }
}
