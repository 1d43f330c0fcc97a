namespace Qubes.Sdk.Policy;

/// <summary>What somebody said to a question.</summary>
/// <param name="Target">One of those offered; null: no.</param>
public sealed record PolicyAnswer(string? Target)
{
    /// <summary>No.</summary>
    public static readonly PolicyAnswer Denied = new(Target: null);
}
