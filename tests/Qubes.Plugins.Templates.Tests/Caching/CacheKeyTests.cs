using Qubes.Plugins.Templates.Caching;

namespace Qubes.Plugins.Templates.Tests.Caching;

public sealed class CacheKeyTests
{
    [Fact]
    public void The_same_values_give_the_same_key() => Assert.Equal(Key(k => k.Add("a", "b")), Key(k => k.Add("a", "b")));

    [Fact]
    public void Every_difference_gives_another_key()
    {
        string[] keys =
        [
            Key(k => k), Key(k => k.Add("a", "b")), Key(k => k.Add("a", "c")), Key(k => k.Add("ab", "")), Key(k => k.Add("", "ab")),
            Key(k => k.Add("a", ["b"])), Key(k => k.Add("a", ["b", "c"])), Key(k => k.Add("a", ["c", "b"])), Key(k => k.Add("a", ["bc"])),
            Key(k => k, version: 2), Key(k => k, kind: "other"),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.All(keys, key => Assert.Matches("^[0-9a-f]{32}$", key));
    }

    private static string Key(Func<CacheKey, CacheKey> add, string kind = "kind", int version = 1)
    {
        using var key = new CacheKey(kind, version);
        return add(key).Finish();
    }
}
