using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Domains.Labels;

/// <summary>The labels of a new state directory (spec: Admin API, section 6.9).</summary>
internal static class BuiltInLabels
{
    public const int LastIndex = 8;

    /// <summary>The host's own, in every state directory.</summary>
    public static Label Black => All[^1];

    public static IReadOnlyList<Label> All { get; } =
    [
        new(1, "red", "0xcc0000"),
        new(2, "orange", "0xf57900"),
        new(3, "yellow", "0xedd400"),
        new(4, "green", "0x73d216"),
        new(5, "gray", "0x555555"),
        new(6, "blue", "0x3465a4"),
        new(7, "purple", "0x75507b"),
        new(8, "black", "0x000000"),
    ];
}
