using Qubes.Sdk.Hosting;

namespace Qubes.Daemon.Tests;

/// <summary>A <c>QUBES_ROOT</c> that is deleted with everything in it.</summary>
internal sealed class TestRoot : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("qubes-test-").FullName;

    public QubesPaths Paths => new(Path, Path + "/usr");

    public string Write(string file, string text)
    {
        var path = Path + "/" + file;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Installs the simulated hypervisor as a third party's plugin, and enables it.</summary>
    public void InstallSimulation()
    {
        // …/out/build/bin/PROJECT/debug/
        var own = AppContext.BaseDirectory.TrimEnd('/');
        var built = System.IO.Path.GetFullPath($"{own}/../../Qubes.Plugins.Simulation/{System.IO.Path.GetFileName(own)}");
        var target = Directory.CreateDirectory(Paths.LocalPlugins + "/Simulation").FullName;
        foreach (var file in Directory.EnumerateFiles(built))
            File.Copy(file, System.IO.Path.Combine(target, System.IO.Path.GetFileName(file)));
        Write("usr/local/lib/qubes/plugins/Simulation/plugin.json", """
            { "name": "Simulation", "version": "0.1.0", "sdk": "0.1", "assembly": "Qubes.Plugins.Simulation.dll", "settings": ["speed"] }
            """);
        Write("etc/qubes/plugin-preset.d/50-test.preset", "enable Simulation\n");
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
