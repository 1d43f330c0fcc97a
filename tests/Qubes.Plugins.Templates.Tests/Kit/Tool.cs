using System.Diagnostics;

namespace Qubes.Plugins.Templates.Tests.Kit;

/// <summary>Runs a program of the host, to check a result with it.</summary>
internal static class Tool
{
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (status, output) = await TryRunAsync(program, arguments);
        Assert.True(status == 0, $"{program} ended with {status}: {output}");
        return output;
    }

    public static async Task<(int Status, string Output)> TryRunAsync(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        info.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        using var process = Process.Start(info)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
