namespace Qubes.Tools.Admin;

/// <summary>One event of a stream (spec: Admin API, section 5).</summary>
/// <param name="Subject">The qube's name; empty for an event of the whole system.</param>
/// <param name="Name">E.g. <c>domain-start</c>, <c>property-set:memory</c>.</param>
/// <param name="Arguments">Keys and values in the order in which they came.</param>
internal sealed record AdminEvent(string Subject, string Name, IReadOnlyList<KeyValuePair<string, string>> Arguments)
{
    /// <summary>The value of the first argument with this key, or null.</summary>
    public string? this[string key] =>
        Arguments.FirstOrDefault(argument => argument.Key == key) is { Key: not null } found ? found.Value : null;
}
