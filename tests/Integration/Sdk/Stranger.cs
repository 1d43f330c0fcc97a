using System.Diagnostics;
using System.Text;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Sdk;

/// <summary>
/// Somebody who has the packages of <c>./build.sh pack</c> and nothing else of ours: a directory, a home, a cache of packages and a hive of
/// templates of his own, outside of the repository. Packages of others come from where they are on this machine, else from where it is configured
/// to get them.
/// </summary>
internal sealed class Stranger : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string root = Directory.CreateTempSubdirectory("qk").FullName;

    public Stranger()
    {
        Place = Directory.CreateDirectory(root + "/work").FullName;
        var configuration = Environment.GetEnvironmentVariable("HOME") + "/.nuget/NuGet/NuGet.Config";
        if (File.Exists(configuration))
            File.Copy(configuration, Directory.CreateDirectory(root + "/home/.nuget/NuGet").FullName + "/NuGet.Config");
    }

    /// <summary>Where the commands run.</summary>
    public string Place { get; }

    /// <summary>The packages, as <c>./build.sh test</c> has made them before any test runs.</summary>
    public static string Packages
    {
        get
        {
            var folder = Repository.Root + "/out/packages";
            return Directory.Exists(folder) ? folder : throw new DirectoryNotFoundException($"there is no {folder}: run ./build.sh pack");
        }
    }

    /// <summary>Runs commands of a shell, in one; the output is all they print, in order.</summary>
    public async Task<(int Code, string Output)> RunAsync(string commands, string? qubesRoot = null)
    {
        using var process = Process.Start(Shell(commands, qubesRoot))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"this did not end: {commands}");
        }
        return (process.ExitCode, await output);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private ProcessStartInfo Shell(string commands, string? qubesRoot)
    {
        var script = new StringBuilder("exec 2>&1; set -eu\n")
            // What is installed for one user's 'dotnet new' is no business of a test.
            .Append("dotnet() { if [ \"$1\" = new ]; then command dotnet \"$@\" --debug:custom-hive \"$HIVE\"; else command dotnet \"$@\"; fi; }\n")
            .Append(commands);
        var start = new ProcessStartInfo("bash", ["-c", script.ToString()])
        {
            WorkingDirectory = Place,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var environment = start.Environment;
        // The test runner's own build settings are not a stranger's.
        foreach (var name in environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            environment.Remove(name);
        var (home, path) = (environment["HOME"], environment["PATH"]);
        environment["NUGET_FALLBACK_PACKAGES"] = environment.TryGetValue("NUGET_PACKAGES", out var cache) ? cache : home + "/.nuget/packages";
        environment["NUGET_PACKAGES"] = root + "/nuget";
        environment["HOME"] = environment["DOTNET_CLI_HOME"] = Directory.CreateDirectory(root + "/home").FullName;
        environment["HIVE"] = root + "/hive";
        environment["PATH"] = $"{Repository.Root}/out/bin:{path}";
        environment["PACKAGES"] = Packages;
        environment["QUBES_ROOT"] = qubesRoot ?? root + "/none";
        foreach (var off in (string[])["DOTNET_GENERATE_ASPNET_CERTIFICATE", "DOTNET_ADD_GLOBAL_TOOLS_TO_PATH", "UseSharedCompilation"])
            environment[off] = "false";
        foreach (var on in (string[])["DOTNET_NOLOGO", "DOTNET_CLI_TELEMETRY_OPTOUT", "MSBUILDDISABLENODEREUSE"])
            environment[on] = "1";
        environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        return start;
    }
}
