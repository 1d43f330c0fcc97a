using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Disposables;

/// <summary>
/// Extension point: what is run in a disposable once before its memory is frozen, so that its copies find it done. Used on the kernel
/// loop.
/// </summary>
public interface IWarmUpRecipes
{
    /// <summary>
    /// Services, <c>SERVICE</c> or <c>SERVICE+ARGUMENT</c>, called one after the other with empty input; those that the template does
    /// not offer (<c>supported-rpc.SERVICE</c>) are passed over. Part of what a memory template is made from: another answer, another template.
    /// </summary>
    /// <param name="template">A disposable template.</param>
    IReadOnlyList<string> ServicesFor(IQube template);
}
