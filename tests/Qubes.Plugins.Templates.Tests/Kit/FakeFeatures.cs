using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Templates.Tests.Kit;

internal sealed class FakeFeatures : Dictionary<string, string>, IFeatures
{
    IEnumerable<string> IReadOnlyDictionary<string, string>.Keys => Keys;

    IEnumerable<string> IReadOnlyDictionary<string, string>.Values => Values;

    public void Set(string name, string value) => this[name] = value;

    void IFeatures.Remove(string name)
    {
        if (!Remove(name))
            throw new InvalidOperationException($"The feature '{name}' is not set");
    }

    public string? CheckWithTemplate(string name) => this.GetValueOrDefault(name);

    public string? CheckWithNetvm(string name) => this.GetValueOrDefault(name);

    public string? CheckWithTemplateAndAdminVm(string name) => this.GetValueOrDefault(name);

    public string? CheckWithAdminVm(string name) => this.GetValueOrDefault(name);
}
