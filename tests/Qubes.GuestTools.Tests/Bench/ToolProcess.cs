using System.Diagnostics;

namespace Qubes.GuestTools.Tests.Bench;

/// <summary>The program as a process of its own, as it was built.</summary>
internal static class ToolProcess
{
    public static Process Start(ToolBench bench, string name, params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "qubes-guest-tools.dll");
        var dotnet = Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet";
        var start = new ProcessStartInfo(dotnet, ["exec", "--roll-forward", "Major", program, name, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in bench.Variables.Where(v => v.Key != "PATH"))
            start.Environment[key] = value;
        return Process.Start(start)!;
    }
}
