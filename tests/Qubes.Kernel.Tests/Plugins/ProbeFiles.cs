using System.Runtime.InteropServices;

namespace Qubes.Kernel.Tests.Plugins;

/// <summary>The build output of the probe plugin.</summary>
internal static class ProbeFiles
{
    public const string Assembly = "Qubes.TestPlugins.Probe.dll";

    /// <summary>Where version 1 was built.</summary>
    public static string First => BuiltBeside("Qubes.TestPlugins.Probe");

    /// <summary>Where version 2 was built.</summary>
    public static string Next => BuiltBeside("Qubes.TestPlugins.ProbeNext");

    /// <summary>Copies version 1 and its native library into a folder; gives the path of the assembly there.</summary>
    public static string CopyTo(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(First, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(First, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        // Any native library will do, under a name that only the plugin knows.
        File.Copy(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "libSystem.Native.so"), Path.Combine(folder, "libprobe.so"));
        return Path.Combine(folder, Assembly);
    }

    /// <summary>Puts version 2 in the place of version 1, as a package manager does it.</summary>
    public static void Upgrade(string folder)
    {
        var target = Path.Combine(folder, Assembly);
        File.Copy(Path.Combine(Next, Assembly), target + ".dpkg-new", overwrite: true);
        File.Move(target + ".dpkg-new", target, overwrite: true);
    }

    // …/out/build/bin/PROJECT/debug/
    private static string BuiltBeside(string project)
    {
        var own = AppContext.BaseDirectory.TrimEnd('/');
        return Path.GetFullPath(Path.Combine(own, "..", "..", project, Path.GetFileName(own)));
    }
}
