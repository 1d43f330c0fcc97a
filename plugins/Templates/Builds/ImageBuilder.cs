using Qubes.Plugins.Templates.Apt;
using Qubes.Plugins.Templates.Caching;
using Qubes.Plugins.Templates.Images;
using Qubes.Plugins.Templates.Initramfs;
using Qubes.Plugins.Templates.Kernels;
using Qubes.Sdk.Guests;

namespace Qubes.Plugins.Templates.Builds;

/// <summary>
/// Makes the images of a recipe, or finds them. In three parts that are kept apart, each under its own key: the packages'
/// files, the kernel, and the image made of both and of the host's guest files; so a new agent costs seconds, not a new
/// installation. Off the kernel loop.
/// </summary>
internal sealed class ImageBuilder(IDistribution distribution, TemplateCache cache, GuestFiles guest)
{
    public const string RootImage = "root.img";
    public const string PrivateImage = "private.img";
    public const string KernelRelease = "kernel-release";

    private const string Images = "images";
    private const string Roots = "roots";
    private const string KernelShelf = "kernels";

    /// <summary>A directory with the images, <c>vmlinuz</c>, <c>initramfs</c> and the kernel's release.</summary>
    public async Task<CacheLease> BuildAsync(BuildJob job, IReadOnlyList<GuestService> services, CancellationToken cancel)
    {
        job.Progress.Report(BuildStep.Resolve, 0, "reading the package lists");
        var packages = job.Recipe.Packages.Concat(services.SelectMany(s => s.Packages)).Concat(RootBootstrap.Always)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var set = await distribution.ResolveAsync(job, packages, cancel);
        var overlay = guest.For(job.Recipe, services);

        var plan = new Plan(job, set, overlay, RootKey(set), KernelKey(set));
        job.Progress.Report(BuildStep.Packages, 0, $"{set.Closure.Count} packages");
        var lease = await cache.GetAsync(
            Images, ImageKey(plan), job.Anew, job.Work, Waiting(job), target => MakeAsync(plan, target, cancel), cancel);
        cache.Prune(job.Work, Images, Roots, KernelShelf);
        return lease;
    }

    private async Task MakeAsync(Plan plan, string target, CancellationToken cancel)
    {
        var (job, set) = (plan.Job, plan.Set);
        using var root = await cache.GetAsync(
            Roots, plan.RootKey, job.Anew, job.Work, Waiting(job), path => distribution.MakeRootAsync(job, set, path, cancel), cancel);
        job.Progress.Report(BuildStep.Kernel, 0, set.Kernel);
        using var kernel = await cache.GetAsync(
            KernelShelf, plan.KernelKey, job.Anew, job.Work, Waiting(job),
            path => distribution.MakeKernelAsync(job, set, path, cancel), cancel);

        job.Progress.Report(BuildStep.Image, 0, "unpacking");
        var tree = await RootTree.BuildAsync(root.File(RootBootstrap.Archive), job.Recipe, plan.Overlay, job.Work, job.Log.Write, cancel);
        job.Progress.Report(BuildStep.Image, 0.6, "writing the root image");
        await Ext4Image.MakeAsync(tree, Path.Combine(target, RootImage), job.Recipe.RootSize, job.Log.Write, cancel);
        if (job.Recipe.PrivateSize is { } size)
        {
            var home = await RootTree.BuildHomeAsync(job.Recipe.User, job.Work, job.Log.Write, cancel);
            await Ext4Image.MakeAsync(home, Path.Combine(target, PrivateImage), size, job.Log.Write, cancel);
        }

        File.Copy(kernel.File(KernelMaker.Image), Path.Combine(target, KernelMaker.Image));
        using (var initramfs = File.Create(Path.Combine(target, InitramfsMaker.FileName)))
            InitramfsMaker.Write(initramfs, guest.Agent, kernel.File(KernelMaker.Modules));
        await File.WriteAllTextAsync(Path.Combine(target, KernelRelease), ReleaseOf(set.Kernel), cancel);
    }

    // "linux-image-6.1.0-56-cloud-amd64=6.1.192-2" is release "6.1.0-56-cloud-amd64".
    private static string ReleaseOf(string kernelPackage) =>
        kernelPackage.Split('=')[0].Replace("linux-image-", "", StringComparison.Ordinal);

    private static string RootKey(PackageSet set)
    {
        using var key = new CacheKey(Roots, RootBootstrap.Version);
        return key.Add("suite", set.Suite).Add("wanted", set.Wanted).Add("closure", set.Closure).Finish();
    }

    private static string KernelKey(PackageSet set)
    {
        using var key = new CacheKey(KernelShelf, KernelMaker.Version);
        return key.Add("kernel", set.Kernel).Finish();
    }

    private string ImageKey(Plan plan)
    {
        var recipe = plan.Job.Recipe;
        using var key = new CacheKey(Images, RootTree.Version);
        key.Add("root", plan.RootKey).Add("kernel", plan.KernelKey)
            .Add("image", Ext4Image.Version.ToString()).Add("initramfs", InitramfsMaker.Version.ToString())
            .Add("agent", Overlay.HashOf(guest.Agent))
            .Add("size", recipe.RootSize.ToString()).Add("private", recipe.PrivateSize?.ToString() ?? "")
            .Add("user", recipe.User).Add("post", recipe.Post);
        return Overlay.AddTo(key, plan.Overlay).Finish();
    }

    private static Action Waiting(BuildJob job) =>
        () => job.Log.Write("Another build is making the same; waiting for it");

    private sealed record Plan(BuildJob Job, PackageSet Set, IReadOnlyList<OverlayEntry> Overlay, string RootKey, string KernelKey);
}
