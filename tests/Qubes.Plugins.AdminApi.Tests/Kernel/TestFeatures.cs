using System.Collections.ObjectModel;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Tests.Kernel;

internal sealed class TestFeatures(TestQube owner) : ReadOnlyDictionary<string, string>(new Dictionary<string, string>()), IFeatures
{
    public void Set(string name, string value) => Dictionary[name] = value;

    public void Remove(string name)
    {
        if (!Dictionary.Remove(name))
            throw new FeatureNotFoundException($"Feature not set for domain {owner.Name}: {name}");
    }

    public string? CheckWithTemplate(string name) =>
        TryGetValue(name, out string? value) ? value : owner.Template?.Features.CheckWithTemplate(name);

    public string? CheckWithNetvm(string name) =>
        TryGetValue(name, out string? value) ? value : owner.Netvm?.Features.CheckWithNetvm(name);

    public string? CheckWithTemplateAndAdminVm(string name) => CheckWithTemplate(name) ?? CheckWithAdminVm(name);

    public string? CheckWithAdminVm(string name) =>
        TryGetValue(name, out string? value) ? value : owner.Host?.Features.GetValueOrDefault(name);
}
