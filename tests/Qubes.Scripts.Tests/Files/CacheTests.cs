using Qubes.Scripts.Tests.Worlds;
using Qubes.Sdk.Scripting;

namespace Qubes.Scripts.Tests.Files;

public sealed class CacheTests : IAsyncLifetime
{
    private const string Text = """Policy("fine", v => new(1, "one"));""";

    private ScriptWorld world = null!;

    public async Task InitializeAsync() => world = await ScriptWorld.StartAsync();

    public async Task DisposeAsync() => await world.DisposeAsync();

    private int Compiled => world.Logged.Count(l => l.Contains(" is compiled", StringComparison.Ordinal));

    private string Kept => Directory.GetFiles(world.Cache).Single();

    [Fact]
    public async Task What_is_known_is_not_compiled_again()
    {
        await WriteAgainAsync();
        Assert.Equal(1, Compiled);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(world.Cache));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Kept));
    }

    [Theory]
    [InlineData(0)]      // what it is
    [InlineData(10)]     // the hash
    [InlineData(40)]     // the code
    public async Task What_was_changed_is_compiled_again(int at) => await WriteAgainAsync(() =>
    {
        var bytes = File.ReadAllBytes(Kept);
        bytes[at] ^= 1;
        File.WriteAllBytes(Kept, bytes);
    }, compiled: 2);

    [Theory]
    [InlineData(0)]
    [InlineData(39)]
    [InlineData(500)]
    public async Task What_is_cut_short_is_compiled_again(int length) => await WriteAgainAsync(() =>
    {
        using var file = File.OpenWrite(Kept);
        file.SetLength(length);
    }, compiled: 2);

    [Fact]
    public async Task What_others_may_write_is_not_used() =>
        await WriteAgainAsync(() => File.SetUnixFileMode(Kept, UnixFileMode.UserRead | UnixFileMode.OtherWrite), compiled: 2);

    [Fact]
    public async Task Where_others_may_write_nothing_is_used() =>
        await WriteAgainAsync(() => File.SetUnixFileMode(world.Cache, File.GetUnixFileMode(world.Cache) | UnixFileMode.OtherWrite), compiled: 2);

    private async Task WriteAgainAsync(Action? meanwhile = null, int compiled = 1)
    {
        await world.WriteAsync("fine", Text);
        meanwhile?.Invoke();
        File.Delete(world.Own + "/fine.csx");
        await world.Host.RefreshAsync(default);
        Assert.Equal(ScriptState.Active, (await world.WriteAsync("fine", Text)).State);
        Assert.Equal(compiled, Compiled);
        Assert.Equal(1, (await world.AskAsync("fine")).Count);
    }
}
