namespace Qubes.Kernel.Scripts.Offers;

/// <summary>A name, or with <c>*</c> at its end the begin of one.</summary>
internal static class NamePattern
{
    public static bool Fits(string pattern, string name) => pattern.EndsWith('*')
        ? name.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal)
        : pattern == name;
}
