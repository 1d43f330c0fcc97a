using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Disposables;

/// <summary>
/// Extension point: chooses where a disposable comes from, before any source is asked. Asked on the kernel loop in the order of the
/// plugins, then the scripts; the first that chooses has it. One that throws is logged and passed over.
/// </summary>
public interface IDisposableChooser
{
    /// <summary>A disposable template; null leaves it to others.</summary>
    ValueTask<IQube?> ChooseAsync(DisposableRequest request, CancellationToken cancel);
}
