using Qubes.Plugins.FilePool.Kernels;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool.Drivers;

/// <summary>Opens pools of the driver <c>linux-kernel</c> (spec: storage, section 4.5).</summary>
internal sealed class KernelPoolDriver : IStoragePoolDriver
{
    /// <inheritdoc/>
    public string Name => "linux-kernel";

    /// <inheritdoc/>
    public IReadOnlyList<string> Options { get; } = [DirectoryOption.Name];

    /// <inheritdoc/>
    /// <remarks>The directory may still be missing: kernels come with templates.</remarks>
    public Task<IStoragePool> OpenAsync(PoolConfiguration configuration, CancellationToken cancel)
    {
        DirectoryOption.RefuseUnknown(configuration, Options);
        return Task.FromResult<IStoragePool>(new KernelPool(configuration, DirectoryOption.Read(configuration)));
    }
}
