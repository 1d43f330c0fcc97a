using System.Diagnostics;
using Qubes.Plugins.Templates.Apt;
using Qubes.Plugins.Templates.Builds;
using Qubes.Plugins.Templates.Kernels;

namespace Qubes.Plugins.Templates.Tests.Kit;

/// <summary>
/// A distribution that is made in no time: its root holds just enough of this host for <c>useradd</c> and a shell to run.
/// </summary>
internal sealed class FakeDistribution : IDistribution
{
    /// <summary>What the release offers.</summary>
    public IReadOnlyList<string> Closure { get; set; } = ["base=1"];

    /// <summary>Awaited while the root is made; cancelled with the build.</summary>
    public Func<BuildJob, CancellationToken, Task> DuringRoot { get; set; } = (_, _) => Task.CompletedTask;

    public int RootsMade;

    public Task<PackageSet> ResolveAsync(BuildJob job, IReadOnlyList<string> packages, CancellationToken cancel) =>
        Task.FromResult(new PackageSet(job.Recipe.Suite, packages, Closure, "linux-image-6.1.0-9-cloud-amd64=6.1.9-1", job.Work.Path));

    public async Task MakeRootAsync(BuildJob job, PackageSet set, string target, CancellationToken cancel)
    {
        Interlocked.Increment(ref RootsMade);
        await DuringRoot(job, cancel);
        var tree = job.Work.NewFolder("fake-tree");
        foreach (var folder in new[] { "usr/bin", "usr/sbin", "usr/lib", "lib64", "etc", "home", "var/log" })
            Directory.CreateDirectory(Path.Combine(tree, folder));
        foreach (var (link, to) in new[] { ("bin", "usr/bin"), ("sbin", "usr/sbin"), ("lib", "usr/lib") })
            File.CreateSymbolicLink(Path.Combine(tree, link), to);
        await File.WriteAllTextAsync(Path.Combine(tree, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n", cancel);
        await File.WriteAllTextAsync(Path.Combine(tree, "etc/group"), "root:x:0:\n", cancel);
        foreach (var program in new[] { "/bin/sh", "/usr/sbin/useradd" })
            CopyWithLibraries(program, tree);
        await RunAsync("tar", "--zstd", "-cf", Path.Combine(target, RootBootstrap.Archive), "-C", tree, ".");
    }

    public Task MakeKernelAsync(BuildJob job, PackageSet set, string target, CancellationToken cancel)
    {
        File.WriteAllText(Path.Combine(target, KernelMaker.Image), "kernel");
        var modules = Directory.CreateDirectory(Path.Combine(target, KernelMaker.Modules)).FullName;
        File.WriteAllText(Path.Combine(modules, "virtio.ko"), "module");
        File.WriteAllText(Path.Combine(modules, KernelMaker.Order), "virtio.ko\n");
        return Task.CompletedTask;
    }

    private static void CopyWithLibraries(string program, string tree)
    {
        using var ldd = Process.Start(new ProcessStartInfo("ldd", program) { RedirectStandardOutput = true })!;
        var libraries = ldd.StandardOutput.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(w => w.StartsWith('/'));
        ldd.WaitForExit();
        foreach (var file in libraries.Prepend(program))
        {
            var target = Path.Combine(tree, file.TrimStart('/'));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
