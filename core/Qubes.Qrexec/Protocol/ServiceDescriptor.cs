namespace Qubes.Qrexec.Protocol;

/// <summary>The part of a command behind <c>QUBESRPC </c> (spec: protocol, section 9).</summary>
/// <param name="Service">Name of the service, not empty, without <c>+</c>.</param>
/// <param name="Argument">What follows the first <c>+</c>; null if there was none, which is not the same as empty.</param>
/// <param name="Source">Name of the calling qube.</param>
/// <param name="TargetType"><c>name</c> or <c>keyword</c>, only towards the host; null otherwise.</param>
/// <param name="Target">The target, without <c>@</c> for a keyword; null exactly if <paramref name="TargetType"/> is.</param>
public sealed record ServiceDescriptor(
    string Service, string? Argument, string Source, string? TargetType = null, string? Target = null)
{
    /// <summary>Name and argument as one text, with a <c>+</c> only if there was one.</summary>
    public string FullName => Argument is null ? Service : $"{Service}+{Argument}";

    // SERVICE[+ARGUMENT] SOURCE [TYPE TARGET], exactly one space between words, no word empty

    /// <summary>Parses a descriptor; null if it is malformed.</summary>
    public static ServiceDescriptor? TryParse(string text)
    {
        var words = text.Split(' ');
        if (words.Length is not (2 or 4) || words.Any(string.IsNullOrEmpty))
            return null;
        if (words.Length == 4 && words[2] is not ("name" or "keyword"))
            return null;
        var plus = words[0].IndexOf('+', StringComparison.Ordinal);
        var service = plus < 0 ? words[0] : words[0][..plus];
        if (service.Length is 0 or > QrexecLimits.ServiceNameWithoutArgument
            || words[0].Length > QrexecLimits.ServiceName
            || words[0].Contains('/', StringComparison.Ordinal)
            || service is "." or "..")
        {
            return null;
        }

        return new ServiceDescriptor(service, plus < 0 ? null : words[0][(plus + 1)..], words[1],
            words.Length == 4 ? words[2] : null, words.Length == 4 ? words[3] : null);
    }

    /// <summary>The text of the descriptor.</summary>
    public override string ToString() =>
        TargetType is null ? $"{FullName} {Source}" : $"{FullName} {Source} {TargetType} {Target}";
}
