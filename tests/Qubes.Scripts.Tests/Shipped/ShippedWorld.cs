using Qubes.Scripts.Tests.Worlds;
using Qubes.Sdk.Disposables;

namespace Qubes.Scripts.Tests.Shipped;

/// <summary>All scripts that ship, enabled.</summary>
public sealed class ShippedWorld : IAsyncLifetime
{
    /// <summary>A Wednesday, ten o'clock, in a zone one hour ahead of universal time.</summary>
    internal static readonly DateTimeOffset Wednesday = new(2026, 3, 4, 10, 0, 0, TimeSpan.FromHours(1));

    internal static string[] Names { get; } =
        [.. Directory.GetFiles(AppContext.BaseDirectory + "/shipped", "*.csx").Select(p => Path.GetFileNameWithoutExtension(p)).Order(StringComparer.Ordinal)];

    internal ScriptWorld World { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        World = await ScriptWorld.StartAsync(before: world =>
        {
            foreach (var name in Names)
            {
                File.Copy($"{AppContext.BaseDirectory}/shipped/{name}.csx", $"{world.Shipped}/{name}.csx");
                File.SetUnixFileMode($"{world.Shipped}/{name}.csx", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
                File.CreateSymbolicLink($"{world.Own}/{name}.csx", $"{world.Shipped}/{name}.csx");
            }
        });
    }

    public async Task DisposeAsync() => await World.DisposeAsync();

    /// <summary>Nothing asked for, nothing there, on a Wednesday morning.</summary>
    internal async Task<PreloadView> ViewAsync(int max = 6) => await World.ViewAsync(max) with { Now = Wednesday };

    /// <summary>What a policy makes of a view; nothing may have failed.</summary>
    internal async Task<(int Count, string Reason)> AskAsync(string policy, PreloadView view)
    {
        // A view that differs from the last one in a way that no policy looks at is still a new question; what it decided before may be the same.
        var target = await World.DecisionAsync(policy, view);
        Assert.Null(target.Fault);
        return (target.Count, target.Reason);
    }
}
