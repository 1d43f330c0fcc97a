using Qubes.Plugins.Templates.Caching;
using Qubes.Plugins.Templates.Processes;

namespace Qubes.Plugins.Templates.Apt;

/// <summary>
/// An apt of our own for one release, apart from the host's packages: fetches the lists, works out what would be installed
/// and fetches single packages. The lists are kept in the cache between builds and copied for each, so that a build sees
/// the same ones to its end.
/// </summary>
internal sealed class AptIndex(AptSources sources, CacheFolders folders, TimeProvider time)
{
    private const string KernelPackage = "linux-image-cloud-amd64";

    /// <summary>Fetches the lists and works out the packages.</summary>
    public async Task<PackageSet> ResolveAsync(
        string suite, IReadOnlyList<string> packages, WorkDirectory work, Action<string> onLine, CancellationToken cancel)
    {
        var list = sources.For(suite);
        var folder = work.NewFolder("apt");
        await CopyListsAsync(suite, list, folder, onLine, cancel);

        ToolCommand Apt(string program, params string[] arguments) =>
            new(program, ["-c", Path.Combine(folder, "apt.conf"), .. arguments]) { WorkingDirectory = folder, OnLine = onLine };

        var simulated = await ToolRunner.RunAsync(
            Apt("apt-get", ["--simulate", "-qq", "--no-install-recommends", "install", "--", "?essential", .. packages]), cancel);
        var kernel = await ToolRunner.RunAsync(Apt("apt-cache", "show", "--no-all-versions", KernelPackage), cancel);
        return new PackageSet(suite, packages, AptOutput.Installed(simulated), AptOutput.Kernel(kernel, KernelPackage), folder);
    }

    /// <summary>Fetches and checks the kernel's package; returns its path.</summary>
    public static async Task<string> FetchKernelAsync(PackageSet set, WorkDirectory work, Action<string> onLine, CancellationToken cancel)
    {
        var folder = work.NewFolder("kernel-package");
        var command = new ToolCommand("apt-get", "-c", Path.Combine(set.Folder, "apt.conf"), "download", "--", set.Kernel)
        {
            WorkingDirectory = folder,
            OnLine = onLine,
        };
        await ToolRunner.RunAsync(command, cancel);
        return Directory.EnumerateFiles(folder, "*.deb").FirstOrDefault()
            ?? throw new ToolFailedException($"apt-get downloaded nothing for {set.Kernel}");
    }

    /// <summary>The settings that say how the host reaches its package sources, for an apt that does not read the host's.</summary>
    public static async Task<IReadOnlyList<string>> ProxyOptionsAsync(WorkDirectory work, CancellationToken cancel)
    {
        var command = new ToolCommand("apt-config", "dump", "--no-empty", "--format", "%f \"%v\";%n", "Acquire")
        {
            WorkingDirectory = work.Path,
        };
        var lines = await ToolRunner.RunAsync(command, cancel);
        return [.. lines.Where(l => l.StartsWith("Acquire::http", StringComparison.Ordinal) && l.Contains("::Proxy"))];
    }

    private async Task CopyListsAsync(string suite, string list, string folder, Action<string> onLine, CancellationToken cancel)
    {
        var shared = Directory.CreateDirectory(Path.Combine(folders.Root, "apt", suite)).FullName;
        using var held = await FileLock.TakeAsync(Path.Combine(folders.Locks, "apt-" + suite), time, null, cancel);
        Lay(shared, list);
        var update = new ToolCommand("apt-get", "-c", Path.Combine(shared, "apt.conf"), "-q", "-o", "APT::Update::Error-Mode=any", "update")
        {
            WorkingDirectory = shared,
            OnLine = onLine,
        };
        await ToolRunner.RunAsync(update, cancel);
        Lay(folder, list);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(shared, "lists")))
            File.Copy(file, Path.Combine(folder, "lists", Path.GetFileName(file)), overwrite: true);
    }

    private static void Lay(string folder, string list)
    {
        foreach (var name in new[] { "lists/partial", "cache/archives/partial", "sources" })
            Directory.CreateDirectory(Path.Combine(folder, name));
        File.WriteAllText(Path.Combine(folder, "sources", "host.sources"), list);
        File.WriteAllText(Path.Combine(folder, "status"), "");
        File.WriteAllText(Path.Combine(folder, "apt.conf"), AptConfiguration.For(folder));
    }
}
