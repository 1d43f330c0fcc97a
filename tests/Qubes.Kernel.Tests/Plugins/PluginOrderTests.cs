using Qubes.Kernel.Plugins;
using Qubes.Sdk.Plugins;
using Qubes.Kernel.Plugins.Manifests;

namespace Qubes.Kernel.Tests.Plugins;

public sealed class PluginOrderTests
{
    [Fact]
    public void Without_requirements_names_decide() => Assert.Equal("A B C", Sorted("C", "A", "B"));

    [Fact]
    public void Requirements_come_first() => Assert.Equal("C B A D", Sorted("A:B", "B:C", "C", "D:A"));

    [Fact]
    public void One_that_two_require_comes_once() => Assert.Equal("D B C A", Sorted("A:B,C", "B:D", "C:D", "D"));

    [Fact]
    public void What_is_not_installed_does_not_count() => Assert.Equal("A B", Sorted("A:Nowhere", "B"));

    [Fact]
    public void A_circle_is_told_for_each_of_its_members_and_for_nobody_else()
    {
        var order = Order("A:B", "B:C", "C:B", "D");
        Assert.Equal(["B", "C"], order.Cycles.Keys.Order());
        Assert.Equal("B → C → B", order.Cycles["B"]);
    }

    [Fact]
    public void A_plugin_that_requires_itself_is_a_circle() => Assert.Equal("A → A", Order("A:A").Cycles["A"]);

    private static string Sorted(params string[] plugins)
    {
        var order = Order(plugins);
        Assert.Empty(order.Cycles);
        return string.Join(' ', order.Sorted.Select(plugin => plugin.Name));
    }

    private static PluginOrder Order(params string[] plugins) => new(
        from plugin in plugins
        let parts = plugin.Split(':')
        let requires = parts.Length > 1 ? parts[1].Split(',') : []
        select new PluginStatus(new("/" + parts[0], IsShipped: true), PluginState.Active, "", new(parts[0], "1", "0.1", "a.dll", Requires: requires)));
}
