using Qubes.Plugins.Templates.Apt;

namespace Qubes.Plugins.Templates.Builds;

/// <summary>Where packages and kernels come from. Off the kernel loop.</summary>
internal interface IDistribution
{
    /// <summary>What would be installed now.</summary>
    Task<PackageSet> ResolveAsync(BuildJob job, IReadOnlyList<string> packages, CancellationToken cancel);

    /// <summary>Fills a directory with the packages' files, as <see cref="RootBootstrap.Archive"/>.</summary>
    Task MakeRootAsync(BuildJob job, PackageSet set, string target, CancellationToken cancel);

    /// <summary>Fills a directory with the kernel and its modules, as <see cref="Kernels.KernelMaker"/> does.</summary>
    Task MakeKernelAsync(BuildJob job, PackageSet set, string target, CancellationToken cancel);
}
