using Qubes.Plugins.Templates.Recipes;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Templates.Registration;

/// <summary>What a template says it can do (spec: domain model, section 6). On the kernel loop.</summary>
internal static class TemplateFeatures
{
    private const string ServicePrefix = "supported-rpc.";

    /// <summary>Sets what the recipe's image offers and removes services that an earlier one offered.</summary>
    public static void Announce(IQube template, Recipe recipe, IEnumerable<string> standardServices, string key)
    {
        var wanted = recipe.Services.Union(standardServices).ToDictionary(s => ServicePrefix + s, _ => "1", StringComparer.Ordinal);
        wanted["qrexec"] = "1";
        wanted["os"] = "Linux";
        wanted[TemplateRegistrar.RecipeFeature] = recipe.Name;
        wanted[TemplateRegistrar.BuildFeature] = key;

        foreach (var (name, value) in wanted)
        {
            if (!template.Features.TryGetValue(name, out var old) || old != value)
                template.Features.Set(name, value);
        }
        var gone = template.Features.Keys.Where(f => f.StartsWith(ServicePrefix, StringComparison.Ordinal) && !wanted.ContainsKey(f));
        foreach (var name in gone.ToList())
            template.Features.Remove(name);
    }
}
