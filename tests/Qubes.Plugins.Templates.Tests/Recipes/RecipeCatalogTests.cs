using Qubes.Plugins.Templates.Recipes;
using Qubes.Plugins.Templates.Tests.Kit;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Templates.Tests.Recipes;

public sealed class RecipeCatalogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private RecipeCatalog Catalog => new(new QubesPaths(_folder.Path, _folder.File("usr")));

    [Fact]
    public void The_administrators_recipe_wins_over_the_one_that_ships()
    {
        Ship("mine", "name: mine\nsuite: bookworm");
        Assert.Equal("bookworm", Catalog.Find("mine").Suite);

        _folder.Write("etc/qubes/recipes/mine.yaml", "name: mine\nsuite: trixie");
        Assert.Equal("trixie", Catalog.Find("mine").Suite);
    }

    [Fact]
    public void An_unknown_recipe_is_refused_with_those_that_are_known()
    {
        Ship("b", "");
        Ship("a", "");

        var refusal = Assert.Throws<QubesException>(() => Catalog.Find("none"));

        Assert.EndsWith("known recipes: a, b", refusal.Message);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\nb")]
    public void A_name_that_could_be_a_path_is_refused(string name)
    {
        var refusal = Assert.Throws<QubesException>(() => Catalog.Find(name));

        Assert.Contains("cannot be a recipe's name", refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void A_file_that_is_too_long_is_refused()
    {
        Ship("mine", new string('#', RecipeReader.LargestFile + 1));

        Assert.Contains("has at most", Assert.Throws<QubesException>(() => Catalog.Find("mine")).Message);
    }

    [Theory]
    [InlineData("debian-12-convert", 400)]
    [InlineData("debian-12-office", 1000)]
    public void The_recipes_that_ship_are_valid(string name, int memory)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder.FullName, "plugins/Templates/recipes")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("plugins/Templates/recipes");

        var recipe = RecipeReader.Read(Path.Combine(folder.FullName, "plugins/Templates/recipes", name + ".yaml"));

        Assert.Equal(memory, recipe.Memory);
        Assert.Contains("dz.Convert", recipe.Services);
    }

    public void Dispose() => _folder.Dispose();

    private void Ship(string name, string text) => _folder.Write($"usr/share/qubes/recipes/{name}.yaml", text);
}
