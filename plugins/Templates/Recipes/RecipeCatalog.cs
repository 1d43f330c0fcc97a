using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Templates.Recipes;

/// <summary>Finds recipes by name: the administrator's in <c>/etc/qubes/recipes</c> win over those that ship.</summary>
internal sealed class RecipeCatalog(QubesPaths paths)
{
    private const string Extension = ".yaml";

    private string[] Folders => [paths.Configuration + "/recipes", paths.Shared + "/recipes"];

    /// <summary>Reads the recipe of that name.</summary>
    /// <exception cref="QubesException">There is none, or it is none.</exception>
    public Recipe Find(string name)
    {
        if (!RecipeSyntax.Name(name))
            throw new QubesException($"'{Printable.Of(name)}' cannot be a recipe's name; known recipes: {Known()}");
        var file = Array.Find([.. Folders.Select(folder => Path.Combine(folder, name + Extension))], File.Exists)
            ?? throw new QubesException($"There is no recipe '{name}' in {string.Join(" or ", Folders)}; known recipes: {Known()}");
        return RecipeReader.Read(file);
    }

    private string Known()
    {
        var names = Folders.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*" + Extension))
            .Select(file => Printable.Of(Path.GetFileNameWithoutExtension(file)))
            .Distinct().Order(StringComparer.Ordinal).ToList();
        return names.Count > 0 ? string.Join(", ", names) : "none";
    }
}
