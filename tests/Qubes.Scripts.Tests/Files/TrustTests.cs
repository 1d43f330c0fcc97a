using Qubes.Kernel.Scripts.Files;
using Qubes.Scripts.Tests.Worlds;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Scripting;

namespace Qubes.Scripts.Tests.Files;

public sealed class TrustTests : IAsyncLifetime
{
    private const string Fine = """Policy("fine", v => new(0, "none"));""";

    private ScriptWorld world = null!;

    public async Task InitializeAsync() => world = await ScriptWorld.StartAsync();

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task A_file_that_others_may_write_is_refused_and_taken_when_that_is_mended(UnixFileMode also)
    {
        world.Put("fine", Fine);
        File.SetUnixFileMode(world.Own + "/fine.csx", UnixFileMode.UserRead | UnixFileMode.UserWrite | also);
        await world.Host.RefreshAsync(default);
        var status = await world.StatusAsync("fine");
        Assert.Equal(ScriptState.Malfunctioned, status.State);
        Assert.Equal($"{world.Own}/fine.csx may be written by its group or others; only its owner may (chmod go-w)", status.Message);

        File.SetUnixFileMode(world.Own + "/fine.csx", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await world.Host.RefreshAsync(default);
        Assert.Equal(ScriptState.Active, (await world.StatusAsync("fine")).State);
    }

    [Fact]
    public void A_file_of_another_user_is_refused_by_whoever_is_not_that_user()
    {
        world.Put("fine", Fine);
        var trust = new ScriptTrust([4711]);
        var refusal = Assert.Throws<ScriptRefusedException>(() => trust.RequireFile(world.Own + "/fine.csx"));
        Assert.Matches(@"fine\.csx belongs to user \d+; it must belong to 4711$", refusal.Message);
        ScriptTrust.ForThisProcess().RequireFile(world.Own + "/fine.csx");
    }

    [Fact]
    public async Task A_directory_that_others_may_write_is_refused()
    {
        File.SetUnixFileMode(world.Own, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherWrite);
        Assert.Contains($"{world.Own} may be written by its group or others", (await world.WriteAsync("fine", Fine)).Message);
    }

    [Fact]
    public async Task A_link_out_of_the_directory_is_refused()
    {
        var elsewhere = world.Own + "/../elsewhere.csx";
        File.WriteAllText(elsewhere, Fine);
        File.CreateSymbolicLink(world.Own + "/linked.csx", elsewhere);
        await world.Host.RefreshAsync(default);
        var status = await world.StatusAsync("linked");
        Assert.Equal(ScriptState.Malfunctioned, status.State);
        Assert.Equal($"{world.Own}/linked.csx is not a regular file; links are not followed", status.Message);
    }

    [Fact]
    public async Task A_loaded_file_is_looked_at_like_the_script()
    {
        Directory.CreateDirectory(world.Own + "/parts");
        File.WriteAllText(world.Own + "/parts/p.csx", "int one = 1;");
        File.SetUnixFileMode(world.Own + "/parts/p.csx", UnixFileMode.UserRead | UnixFileMode.OtherWrite);
        Assert.Contains("/parts/p.csx may be written by", (await world.WriteAsync("fine", "#load \"parts/p.csx\"")).Message);
        File.Delete(world.Own + "/parts/p.csx");
        File.CreateSymbolicLink(world.Own + "/parts/p.csx", "/etc/hostname");
        await world.Host.RefreshAsync(default);
        Assert.Contains("links are not followed", (await world.StatusAsync("fine")).Message);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../../passwd")]
    [InlineData("missing.csx")]
    public async Task Files_are_loaded_from_the_directories_of_scripts_only(string path)
    {
        var status = await world.WriteAsync("fine", $"#load \"{path}\"");
        Assert.Equal($"{world.Own}/fine.csx:1:7: #load is refused: a script may load files from the directories of scripts, and what is below them", status.Message);
    }

    [Fact]
    public async Task What_ships_is_inactive_until_it_is_enabled_and_the_administrators_own_comes_first()
    {
        File.WriteAllText(world.Shipped + "/fine.csx", Fine);
        await world.Host.RefreshAsync(default);
        Assert.Equal(ScriptState.Available, (await world.StatusAsync("fine")).State);

        await world.Host.EnableAsync("fine", default);
        var status = await world.StatusAsync("fine");
        Assert.Equal((ScriptState.Active, world.Shipped + "/fine.csx"), (status.State, status.Path));
        Assert.NotNull(world.Policy("fine"));

        await world.Host.DisableAsync("fine", default);
        Assert.Equal(ScriptState.Available, (await world.StatusAsync("fine")).State);
        Assert.Null(world.Policy("fine"));

        await world.WriteAsync("fine", """Policy("own", v => new(0, "none"));""");
        Assert.Equal([ScriptState.Active, ScriptState.Superseded], await world.OnLoop(() => world.Host.All.Select(s => s.State).ToList()));
        await Assert.ThrowsAsync<QubesException>(() => world.Host.DisableAsync("fine", default));
        await Assert.ThrowsAsync<QubesException>(() => world.Host.EnableAsync("fine", default));
        await Assert.ThrowsAsync<QubesException>(() => world.Host.EnableAsync("absent", default));
    }
}
