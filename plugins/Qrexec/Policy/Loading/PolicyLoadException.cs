namespace Qubes.Policy.Loading;

/// <summary>The policy cannot be used: every call is denied until it is mended (spec: policy, section 10).</summary>
/// <param name="file">The file or directory that is wrong.</param>
/// <param name="line">Counted from 1; null where no line is to blame.</param>
/// <param name="what">What is wrong, and what would be accepted.</param>
public sealed class PolicyLoadException(string file, int? line, string what)
    : Exception(line is { } at ? $"{file}:{at}: {what}" : $"{file}: {what}")
{
    /// <summary>The file or directory that is wrong.</summary>
    public string File => file;

    /// <summary>Counted from 1; null where no line is to blame.</summary>
    public int? Line => line;
}
