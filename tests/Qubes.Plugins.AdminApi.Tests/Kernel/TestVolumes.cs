using NSubstitute;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Tests.Kernel;

internal static class TestVolumes
{
    /// <summary>Gives a qube a snapshot <c>root</c> and a persistent <c>private</c>.</summary>
    public static void Add(TestQube qube)
    {
        var pool = Substitute.For<IStoragePool>();
        pool.Configuration.Returns(new PoolConfiguration("varlibqubes", "file", new Dictionary<string, string>()));
        pool.Usage(Arg.Any<Volume>()).Returns(4096);
        pool.IsOutdated(Arg.Any<Volume>()).Returns(true);
        pool.PathOf(Arg.Any<Volume>()).Returns(call => $"/var/lib/qubes/{call.Arg<Volume>().Vid}.img");
        pool.Revisions(Arg.Any<Volume>()).Returns([new("old-1", DateTimeOffset.UnixEpoch), new("old-2", DateTimeOffset.UnixEpoch)]);
        qube.Volumes.Add(new()
        {
            Name = "root",
            Owner = qube,
            Pool = pool,
            Vid = $"appvms/{qube.Name}/root",
            Size = 1 << 30,
            SnapOnStart = true,
            Source = new() { Name = "root", Owner = qube, Pool = pool, Vid = "vm-templates/t/root", Size = 10 },
        });
        qube.Volumes.Add(new()
        {
            Name = "private",
            Owner = qube,
            Pool = pool,
            Vid = $"appvms/{qube.Name}/private",
            Size = 1 << 20,
            SaveOnStop = true,
        });
    }
}
