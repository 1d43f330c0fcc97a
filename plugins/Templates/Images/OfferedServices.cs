using Qubes.Plugins.Templates.Recipes;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Templates.Images;

/// <summary>The services that plugins offer for templates. On the kernel loop.</summary>
internal sealed class OfferedServices(IExtensions extensions)
{
    /// <summary>Those that a recipe names, in its order.</summary>
    /// <exception cref="QubesException">No plugin offers one of them.</exception>
    public IReadOnlyList<GuestService> Find(Recipe recipe)
    {
        var all = extensions.All<IGuestServiceProvider>().SelectMany(p => p.Services).ToList();
        return [.. recipe.Services.Select(name => all.Find(s => s.Name == name) ?? throw Missing(recipe, name, all))];
    }

    private static QubesException Missing(Recipe recipe, string name, List<GuestService> all) => new(
        $"The recipe '{recipe.Name}' wants the service '{name}', which no active plugin offers; offered are "
        + (all.Count > 0 ? string.Join(", ", all.Select(s => s.Name).Order(StringComparer.Ordinal)) : "none"));
}
