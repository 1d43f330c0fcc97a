using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Qrexec.Tests.HostServices;

internal sealed class OfferedExtensions(params object[] offered) : IExtensions
{
    private object[] all = offered;

    public event Action? Changed;

    public IReadOnlyList<T> All<T>() where T : class => [.. all.OfType<T>()];

    /// <summary>All plugins go.</summary>
    public void Withdraw() => Offer();

    /// <summary>Others take their place.</summary>
    public void Offer(params object[] others)
    {
        all = others;
        Changed?.Invoke();
    }
}
