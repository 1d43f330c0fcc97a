using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Qrexec.Tests.HostServices;

internal sealed class OfferedExtensions(params object[] offered) : IExtensions
{
    private object[] all = offered;

    public event Action? Changed;

    public IReadOnlyList<T> All<T>() where T : class => [.. all.OfType<T>()];

    /// <summary>All plugins go.</summary>
    public void Withdraw()
    {
        all = [];
        Changed?.Invoke();
    }
}
