using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Domains.Volumes;

/// <summary>Which volumes a new qube gets (spec: storage, sections 5 and 6).</summary>
internal static class VolumeLayout
{
    private const long GiB = 1L << 30;
    private const long RootSize = 10 * GiB;
    private const long PrivateSize = 2 * GiB;
    private const string Kernel = "kernel";

    public static IReadOnlyList<Volume> For(Qube qube, QubeRequest request, QubeRegistry qubes)
    {
        if (request.Pool is not null && request.VolumePools.Count > 0)
            throw new ProtocolException("Either one pool for all volumes or pools for single volumes can be named, not both");
        var plan = new VolumePlan(qube, request, qubes);
        return qube.Class switch
        {
            QubeClass.TemplateVM or QubeClass.StandaloneVM =>
                [plan.Persistent("root", RootSize), plan.Persistent("private", PrivateSize), plan.Volatile(10 * GiB), plan.Kernel()],
            QubeClass.AppVM =>
                [plan.Snapshot("root"), plan.Persistent("private", PrivateSize), plan.Volatile(10 * GiB), plan.Kernel()],
            QubeClass.DispVM => [plan.Snapshot("root"), plan.Snapshot("private"), plan.Volatile(12 * GiB), plan.Kernel()],
            _ => [],
        };
    }

    /// <summary>A snapshot of the same volume of the template, or of what that is itself a snapshot of.</summary>
    public static Volume SourceOf(Qube template, string name)
    {
        var volume = template.Volumes.FirstOrDefault(v => v.Name == name)
            ?? throw new StorageException($"'{template.Name}' has no volume '{name}' to take a snapshot of");
        return volume.Source ?? volume;
    }

    /// <summary>A qube's kernel volume is whatever its property says at the moment; others keep their identifier.</summary>
    public static Func<string>? FollowedVid(Qube qube, string volume) =>
        volume == Kernel ? () => qube.Properties.Get(QubeProperties.Kernel) ?? "" : null;
}
