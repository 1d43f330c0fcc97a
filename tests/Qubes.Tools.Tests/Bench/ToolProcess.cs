using System.Diagnostics;

namespace Qubes.Tools.Tests.Bench;

/// <summary>
/// The program itself as a process of its own, for what only a process has: signals, descriptors, the multi-call dispatch.
/// </summary>
internal static class ToolProcess
{
    public static Process Start(string root, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "qubes-tools.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["QUBES_ROOT"] = root;
        // It is built for the runtime that has an ahead-of-time compiler; the one here is newer.
        start.Environment["DOTNET_ROLL_FORWARD"] = "Major";
        return Process.Start(start)!;
    }

    public static async Task<ToolResult> RunAsync(string root, params string[] arguments)
    {
        using var process = Start(root, arguments);
        process.StandardInput.Close();
        return await FinishAsync(process);
    }

    public static async Task<ToolResult> FinishAsync(Process process)
    {
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new ToolResult(process.ExitCode, output, await errors);
    }
}
