using System.Diagnostics;
using Qubes.Testbed;

namespace Qubes.Benchmarks.Requests;

/// <summary>The guest's kernel with nothing around it, on the same virtual hardware: the floor under every cold start.</summary>
internal sealed class BareKernel(string kernel, string[] machine, string commandLine, string initramfs)
{
    /// <summary>Takes accelerator, processor, memory and kernel parameters from a machine of the daemon that runs now.</summary>
    public static async Task<BareKernel> LikeAsync(int process, string root)
    {
        var kernel = Directory.GetFiles(root + "/var/lib/qubes/vm-kernels", "vmlinuz", SearchOption.AllDirectories).Single();
        var arguments = (await File.ReadAllTextAsync($"/proc/{process}/cmdline")).Split('\0');
        string[] kept = ["-M", "-machine", "-cpu", "-accel", "-m", "-smp"];
        var machine = kept.SelectMany(name => Values(arguments, name).SelectMany(value => new[] { name, value })).ToArray();
        var commandLine = string.Join(' ', Values(arguments, "-append").Single().Split(' ').Where(p => !p.StartsWith("qubes.", StringComparison.Ordinal)));
        return new BareKernel(kernel, machine, commandLine, await BuildInitramfsAsync(root));
    }

    /// <summary>Seconds from the start of the process to the first words of init.</summary>
    public async Task<double> BootAsync()
    {
        var start = new ProcessStartInfo("qemu-system-x86_64",
        [
            .. machine, "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "stdio",
            "-kernel", kernel, "-initrd", initramfs, "-append", commandLine,
        ])
        { RedirectStandardOutput = true };
        var begin = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.Contains("bare init runs", StringComparison.Ordinal))
                continue;
            var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            process.Kill();
            await process.WaitForExitAsync();
            return seconds;
        }
        throw new InvalidOperationException("the bare kernel ended before its init ran");
    }

    private static async Task<string> BuildInitramfsAsync(string folder)
    {
        const string build = """
            mkdir -p "$1/bare/dev" && gcc -static -O2 -o "$1/bare/init" "$2" && mknod "$1/bare/dev/console" c 5 1 &&
            cd "$1/bare" && find . | cpio -o -H newc --quiet > "$1/bare.cpio"
            """;
        (await LocalProgram.RunAsync("bash", "-c", build, "-", folder, AppContext.BaseDirectory + "bare-init.c")).Succeeded();
        return folder + "/bare.cpio";
    }

    private static IEnumerable<string> Values(string[] arguments, string name) =>
        arguments.Zip(arguments.Skip(1)).Where(pair => pair.First == name).Select(pair => pair.Second);
}
