using NSubstitute;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Templates.Tests.Kit;

/// <summary>A pool whose volumes are the images that were imported, in a real directory.</summary>
internal static class FolderPool
{
    public static IStoragePool In(string folder)
    {
        var pool = Substitute.For<IStoragePool>();
        pool.ImportAsync(null!, null!, default).ReturnsForAnyArgs(call =>
        {
            File.Move(call.ArgAt<string>(1), PathOf(folder, call.ArgAt<Volume>(0)), overwrite: true);
            return Task.CompletedTask;
        });
        return pool;
    }

    public static string PathOf(string folder, Volume volume) => Path.Combine(folder, volume.Vid.Replace('/', '_') + ".img");
}
