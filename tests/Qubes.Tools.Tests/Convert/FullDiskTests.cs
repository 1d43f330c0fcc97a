using System.Diagnostics;
using System.Security.Cryptography;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Convert;

/// <summary>The tool as a process of its own, with a file system in front of it that is too small.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_result_that_does_not_fit_is_removed_and_said_to_be_too_large_for_the_disk()
    {
        byte[] noise = [0, 1, 1, 0, 1, 0, .. RandomNumberGenerator.GetBytes(256 * 256 * 3)];
        await using var bench = new ConvertBench(GuestScripts.Sends(noise));
        string small = Directory.CreateDirectory(Path.Combine(bench.Files, "small")).FullName;
        string tool = Path.Combine(AppContext.BaseDirectory, "qubes-tools.dll");
        string script =
            $"mount -t tmpfs -o size=64k tmpfs '{small}' || exit 99\n"
            + $"dotnet exec --roll-forward Major '{tool}' qvm-convert -q -o '{small}' '{bench.Document()}'; echo status $?; ls -A '{small}'";
        // A mount namespace of its own, as whichever user runs the tests.
        var start = new ProcessStartInfo("unshare", ["--user", "--map-root-user", "--mount", "sh", "-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["QUBES_ROOT"] = bench.Tools.Root },
        };

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal("status 1\n", output);
        Assert.Contains("letter.pdf: the result cannot be written: the disk is full", await errors);
        Assert.Equal(1, bench.Kills);
    }
}
