using System.Text;
using NSubstitute;
using Qubes.Scripts.Tests.Worlds;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Scripts.Tests.Offers;

/// <summary>What qubes-script calls.</summary>
public sealed class MethodTests : IAsyncLifetime
{
    private ScriptWorld world = null!;

    public async Task InitializeAsync() => world = await ScriptWorld.StartAsync();

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task All_scripts_are_a_line_of_json_each()
    {
        await world.WriteAsync("one", """Policy("one", v => new(1, "one"));""");
        await world.WriteAsync("two", "nonsense");
        var lines = (await CallAsync("admin.script.List")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($$"""{"name":"one","path":"{{world.Own}}/one.csx","state":"active","offers":["policy one"],"faults":0}""", lines[0]);
        Assert.Contains("\"state\":\"malfunctioned\",\"message\":\"", lines[1]);
    }

    [Fact]
    public async Task A_text_is_checked_without_being_run()
    {
        Assert.Equal("", await CallAsync("admin.script.Check", "one", """Log("must not be seen"); Policy("one", v => new(1, "one"));"""));
        Assert.Equal($"{world.Own}/one.csx:1:1: The name 'nonsense' does not exist in the current context (CS0103)\n", await CallAsync("admin.script.Check", "one", "nonsense"));
        Assert.DoesNotContain("must not be seen", world.Logged);
        Assert.Null(world.Policy("one"));
    }

    [Theory]
    [InlineData("../../evil")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("1st")]
    public async Task A_name_that_is_none_is_refused(string name)
    {
        foreach (var method in new[] { "admin.script.Enable", "admin.script.Disable", "admin.script.Check" })
            await Assert.ThrowsAsync<InvalidValueException>(() => CallAsync(method, name, "x"));
    }

    [Fact]
    public async Task What_ships_is_enabled_and_disabled_by_name()
    {
        File.WriteAllText(world.Shipped + "/one.csx", """Policy("one", v => new(1, "one"));""");
        await CallAsync("admin.script.Reload");
        await CallAsync("admin.script.Enable", "one");
        Assert.NotNull(world.Policy("one"));
        await CallAsync("admin.script.Disable", "one");
        Assert.Null(world.Policy("one"));
        await Assert.ThrowsAsync<QubesException>(() => CallAsync("admin.script.Disable", "one"));
    }

    [Fact]
    public async Task Only_the_host_looks_after_scripts()
    {
        var qube = Substitute.For<IQube>();
        qube.Class.Returns(QubeClass.AppVM);
        foreach (var method in new[] { "admin.script.List", "admin.script.Enable", "admin.script.Disable", "admin.script.Reload", "admin.script.Check" })
            await Assert.ThrowsAsync<PermissionDeniedException>(() => CallAsync(method, "one", "", qube));
    }

    private async Task<string> CallAsync(string method, string argument = "", string payload = "", IQube? source = null)
    {
        var answering = world.All<IAdminMethodProvider>().SelectMany(p => p.Methods).OfType<AnsweringMethod>().Single(m => m.Name == method);
        var host = world.Qubes.AdminVm;
        var answer = await world.OnLoop(() => answering.Handler(new(method, source ?? host, host, argument, Encoding.UTF8.GetBytes(payload)), default).AsTask());
        return Encoding.UTF8.GetString(answer.Utf8.Span);
    }
}
