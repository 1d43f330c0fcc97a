using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.AdminApi.Tests.Kernel;

internal sealed class TestExtensions : IExtensions
{
    private readonly List<object> all = [];

    public event Action? Changed;

    public IReadOnlyList<T> All<T>() where T : class => [.. all.OfType<T>()];

    public void Add(object extension)
    {
        all.Add(extension);
        Changed?.Invoke();
    }
}
