namespace Qubes.Policy;

/// <summary>The keywords of the language and the three spellings of the host.</summary>
internal static class PolicyWords
{
    public const string Any = "*";
    public const string AnyVm = "@anyvm";
    public const string AdminVm = "@adminvm";
    public const string Default = "@default";
    public const string DispVm = "@dispvm";
    public const string DispVmOf = "@dispvm:";
    public const string Tag = "@tag:";
    public const string DispVmTag = "@dispvm:@tag:";
    public const string Type = "@type:";
    public const string Uuid = "uuid:";
    public const string Host = "dom0";
    public const string HostUuid = "uuid:00000000-0000-0000-0000-000000000000";

    /// <summary>Whether it is the host: <c>dom0</c>, <c>@adminvm</c> or the uuid of zeros.</summary>
    public static bool IsHost(string text) => text is Host or AdminVm or HostUuid;

    /// <summary>Whether it begins with a word, byte for byte.</summary>
    public static bool StartsAs(this string text, string word) => text.StartsWith(word, StringComparison.Ordinal);
}
