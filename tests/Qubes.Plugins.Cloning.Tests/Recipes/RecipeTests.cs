using NSubstitute;
using Qubes.Plugins.Cloning.Tests.Worlds;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Cloning.Tests.Recipes;

/// <summary>What runs before the memory is frozen.</summary>
public sealed class RecipeTests : CloningTest
{
    [Fact]
    public Task A_recipe_that_could_not_be_followed_is_refused_when_it_is_set() => Kernel.OnLoop(() =>
        Assert.Throws<InvalidValueException>(() => Kernel.Qubes.Find("dvm").Features.Set("disposable-clone-recipe", "a  b")));

    [Fact]
    public async Task Plugins_offer_services_that_the_template_has()
    {
        var recipes = Substitute.For<IWarmUpRecipes>();
        recipes.ServicesFor(Arg.Any<IQube>()).Returns(["dz.Convert+warm", "dz.Missing", "no service"]);
        World.Others.Add(recipes);
        await Kernel.SetAsync("tmpl", "supported-rpc.dz.Convert", "1");
        await Kernel.BuildAsync();
        Assert.Contains(World.Guests.Calls, c => c.EndsWith(" dz.Convert+warm", StringComparison.Ordinal));
        Assert.DoesNotContain(World.Guests.Calls, c => c.Contains("dz.Missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_standard_warm_up_is_left_out_where_its_feature_is_empty()
    {
        await Kernel.SetAsync("tmpl", "supported-rpc.qubes.WarmUp", "1");
        await Kernel.SetAsync("dvm", "disposable-clone-warm-up", "");
        await Kernel.BuildAsync();
        Assert.DoesNotContain(World.Guests.Calls, c => c.EndsWith("qubes.WarmUp", StringComparison.Ordinal));
    }
}
