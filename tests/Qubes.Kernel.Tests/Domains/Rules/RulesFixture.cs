using Qubes.Kernel.Domains;
using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Tests.Domains.Rules;

/// <summary>A populated kernel for tests of one rule each.</summary>
public abstract class RulesFixture : IAsyncLifetime
{
    private protected TestKernel Kernel { get; private set; } = null!;

    private protected Qube Work => Of("work");

    private protected QubeRegistry Qubes => Kernel.Qubes;

    public async Task InitializeAsync()
    {
        Kernel = await TestKernel.StartAsync();
        await Kernel.PopulateAsync();
    }

    public async Task DisposeAsync() => await Kernel.DisposeAsync();

    private protected async Task RestartAsync() => Kernel = await Kernel.RestartAsync();

    private protected Qube Of(string name) => (Qube)Qubes.Find(name);

    private protected Task<IQube> CreateAsync(QubeClass @class, string name, string? template = null) => Qubes.CreateAsync(
        new(@class, name, "red") { Template = template is null ? null : Qubes.Find(template) }, default);

    private protected void Write(string qube, string property, string value) => Of(qube).Properties.Write(property, value);
}
