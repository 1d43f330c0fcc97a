using Qubes.Plugins.Templates.Builds;
using Qubes.Plugins.Templates.Kernels;

namespace Qubes.Plugins.Templates.Apt;

/// <summary>Debian and what follows its ways, through the host's apt and mmdebstrap.</summary>
internal sealed class DebianDistribution(AptIndex index) : IDistribution
{
    public Task<PackageSet> ResolveAsync(BuildJob job, IReadOnlyList<string> packages, CancellationToken cancel) =>
        index.ResolveAsync(job.Recipe.Suite, packages, job.Work, job.Log.Write, cancel);

    public Task MakeRootAsync(BuildJob job, PackageSet set, string target, CancellationToken cancel) =>
        RootBootstrap.MakeAsync(
            set, target, job.Work, (part, detail) => job.Progress.Report(BuildStep.Packages, part, detail), job.Log.Write, cancel);

    public async Task MakeKernelAsync(BuildJob job, PackageSet set, string target, CancellationToken cancel)
    {
        var package = await AptIndex.FetchKernelAsync(set, job.Work, job.Log.Write, cancel);
        await KernelMaker.MakeAsync(package, target, job.Work, job.Log.Write, cancel);
    }
}
