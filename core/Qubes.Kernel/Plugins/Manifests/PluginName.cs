using System.Text.RegularExpressions;

namespace Qubes.Kernel.Plugins.Manifests;

/// <summary>What a plugin may be called.</summary>
internal static partial class PluginName
{
    /// <summary>The rule, for messages.</summary>
    public const string Rule = "a letter, then at most 63 of A-Z a-z 0-9 _ . -";

    public static bool IsValid(string? name) => name is not null && Form().IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_.-]{0,63}\z")]
    private static partial Regex Form();
}
