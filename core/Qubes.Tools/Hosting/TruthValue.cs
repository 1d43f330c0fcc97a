namespace Qubes.Tools.Hosting;

/// <summary>A truth value on the command line, with the words that properties accept (spec: Admin API, section 7.1).</summary>
internal static class TruthValue
{
    /// <exception cref="UsageException">It is none of the words.</exception>
    public static bool Parse(string text) => text.ToLowerInvariant() switch
    {
        "1" or "y" or "yes" or "true" or "on" => true,
        "0" or "n" or "no" or "false" or "off" => false,
        _ => throw new UsageException($"'{text}': True or False is accepted"),
    };
}
