using Microsoft.Extensions.Logging;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.AdminApi.Calls;

/// <summary>
/// All methods of all plugins by name, this plugin's own first, so that no other plugin can take one of its names. Rebuilt
/// when plugins come and go. Used on the kernel loop.
/// </summary>
internal sealed class MethodTable(
    IEnumerable<IAdminMethodProvider> own, IExtensions extensions, ILogger<MethodTable> logger)
    : IMethodLookup, IDisposable
{
    private readonly IAdminMethodProvider[] own = [.. own];
    private Dictionary<string, AdminMethod>? methods;

    public void Open() => extensions.Changed += Forget;

    public AdminMethod? Find(string name) => (methods ??= Build()).GetValueOrDefault(name);

    public void Dispose() => extensions.Changed -= Forget;

    private void Forget() => methods = null;

    private Dictionary<string, AdminMethod> Build()
    {
        var table = new Dictionary<string, AdminMethod>(StringComparer.Ordinal);
        foreach (IAdminMethodProvider provider in own.Concat(extensions.All<IAdminMethodProvider>().Except(own)))
        {
            foreach (AdminMethod method in provider.Methods)
            {
                if (!table.TryAdd(method.Name, method))
                    Log.MethodNameTaken(logger, method.Name, provider.GetType().FullName);
            }
        }
        return table;
    }
}
