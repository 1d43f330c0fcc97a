using System.Diagnostics;

namespace Qubes.Testbed;

/// <summary>Runs programs of the host that know nothing of the daemon: the independent readers.</summary>
public static class LocalProgram
{
    public static async Task<RunResult> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        var error = await process.StandardError.ReadToEndAsync();
        await reading;
        await process.WaitForExitAsync();
        return new RunResult(process.ExitCode, output.ToArray(), error);
    }
}
