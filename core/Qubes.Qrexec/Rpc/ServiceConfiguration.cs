namespace Qubes.Qrexec.Rpc;

/// <summary>The configuration of a service (spec: protocol, section 9); null = not set.</summary>
public sealed record ServiceConfiguration
{
    /// <summary>Nothing set.</summary>
    public static ServiceConfiguration Empty { get; } = new();

    /// <summary>Who runs it, whatever the host says.</summary>
    public string? ForceUser { get; private init; }

    /// <summary>Call <c>qubes.WaitForSession</c> first.</summary>
    public bool? WaitForSession { get; private init; }

    /// <summary>Do not send the service descriptor to a socket.</summary>
    public bool? SkipServiceDescriptor { get; private init; }

    /// <summary>The call of a socket ends with the caller's input.</summary>
    public bool? ExitOnClientEof { get; private init; }

    /// <summary>The call of a socket ends with the service's output.</summary>
    public bool? ExitOnServiceEof { get; private init; }

    /// <summary>Keys that mean nothing here, for the log.</summary>
    public IReadOnlyList<string> UnknownKeys { get; private init; } = [];

    // line  = "" / "#" … / key *SP "=" *SP value *SP [ "#" … ]        no indentation
    // value = "true" / "false" / "0" / "1" / "'" … "'"                no escapes

    /// <summary>Parses a file's lines; unknown keys only show in <see cref="UnknownKeys"/>.</summary>
    /// <exception cref="FormatException">A line is malformed, a key repeated, or keys contradict each other.</exception>
    public static ServiceConfiguration Parse(IEnumerable<string> lines)
    {
        var result = Empty;
        var seen = new HashSet<string>();
        foreach (var line in lines.Where(line => line.Length > 0 && line[0] != '#'))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? "" : line[..equals].TrimEnd(' ', '\t');
            if (key.Length == 0 || char.IsWhiteSpace(key[0]))
                throw new FormatException("a line is not KEY = VALUE without indentation");
            if (!seen.Add(key))
                throw new FormatException($"{key} is set twice");
            result = result.With(key, ParseValue(key, line[(equals + 1)..].Trim(' ', '\t')));
        }

        if (result is { ForceUser: not null } and not
            { SkipServiceDescriptor: null, ExitOnClientEof: null, ExitOnServiceEof: null })
            throw new FormatException("force-user is for executables, the keys about sockets are not");
        return result;
    }

    private static object ParseValue(string key, string text)
    {
        var (value, rest) = text switch
        {
            ['\'', ..] when text.IndexOf('\'', 1) is > 0 and var end => ((object)text[1..end], text[(end + 1)..]),
            ['t', 'r', 'u', 'e', ..] => (true, text[4..]),
            ['f', 'a', 'l', 's', 'e', ..] => (false, text[5..]),
            ['1', ..] => (true, text[1..]),
            ['0', ..] => (false, text[1..]),
            _ => throw new FormatException($"the value of {key} is not true, false, 0, 1 or 'text'"),
        };
        rest = rest.TrimStart(' ', '\t');
        return rest.Length == 0 || rest[0] == '#' ? value : throw new FormatException($"something follows the value of {key}");
    }

    private ServiceConfiguration With(string key, object value)
    {
        bool Flag() => value as bool? ?? throw new FormatException($"the value of {key} is not true or false");
        switch (key)
        {
            case "force-user":
                return this with { ForceUser = value as string ?? throw new FormatException("the value of force-user is not 'text'") };
            case "wait-for-session":
                return this with { WaitForSession = Flag() };
            case "skip-service-descriptor":
                return this with { SkipServiceDescriptor = Flag() };
            case "exit-on-client-eof":
                return this with { ExitOnClientEof = Flag() };
            case "exit-on-service-eof":
                return this with { ExitOnServiceEof = Flag() };
            default:
                return this with { UnknownKeys = [.. UnknownKeys, key] };
        }
    }
}
