using System.Buffers;

namespace Qubes.Plugins.Qrexec.Policy;

// line   = blank | "#" text | SERVICE ARGUMENT SOURCE TARGET ACTION *( KEY "=" VALUE )     ; split at white space
// ACTION = "allow" | "deny"                                            (spec: policy, sections 2 and 3)
//
// Directives, "ask", parameters other than notify=, and targets for new disposables are not understood here; such a line
// makes the policy unusable rather than be skipped, since a skipped line could have been the one that denies.
internal static class PolicyParser
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly SearchValues<char> InService = SearchValues.Create(Letters + "-._");
    private static readonly SearchValues<char> InArgument = SearchValues.Create(Letters + "-._+");

    /// <exception cref="PolicyLoadException">A line that is wrong, or not understood.</exception>
    public static IEnumerable<PolicyRule> Parse(string file, string text)
    {
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length > 0 && line[0] != '#')
                yield return ParseLine($"{file}:{i + 1}", line);
        }
    }

    private static PolicyRule ParseLine(string location, string line)
    {
        if (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            is not [var service, var argument, var source, var target, var action, .. var parameters])
            throw new PolicyLoadException(location, "expected SERVICE ARGUMENT SOURCE TARGET ACTION");
        if (service != "*" && service.AsSpan().ContainsAnyExcept(InService))
            throw new PolicyLoadException(location, "a service is * or letters, digits and - . _");
        if (argument != "*" && (argument[0] != '+' || argument.AsSpan().ContainsAnyExcept(InArgument)))
            throw new PolicyLoadException(location, "an argument is *, or + and letters, digits and - . _ +");
        if (service == "*" && argument != "*")
            throw new PolicyLoadException(location, "service * goes with argument * only");
        CheckToken(location, source, isTarget: false);
        CheckToken(location, target, isTarget: true);
        if (action is not ("allow" or "deny"))
            throw new PolicyLoadException(location, "the action is not allow or deny");
        if (parameters.Any(p => p is not ("notify=yes" or "notify=no")) || parameters.Length > 1)
            throw new PolicyLoadException(location, "only notify=yes or notify=no may follow the action");
        if (action == "allow" && target == "@default")
            throw new PolicyLoadException(location, "allow with target @default allows nothing");
        return new(service, argument, source, target, action == "allow", location);
    }

    private static void CheckToken(string location, string token, bool isTarget)
    {
        bool isKnown = token[0] != '@'
            || token is "@anyvm" or "@adminvm" || (isTarget && token == "@default")
            || (token.StartsWith("@tag:", StringComparison.Ordinal) && token.Length > "@tag:".Length)
            || (token.StartsWith("@type:", StringComparison.Ordinal) && token.Length > "@type:".Length);
        if (!isKnown)
            throw new PolicyLoadException(location, $"the token {token} is not understood here");
    }
}
