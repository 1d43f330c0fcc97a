namespace Qubes.Policy.Language;

// action    = "allow" *( target | user | autostart | notify )
//           | "ask"   *( target | default | user | autostart | notify )
//           | "deny"  *( notify )                                        ; each key at most once
// target    = "target=" TOKEN            default = "default_target=" TOKEN
// user      = "user=" [ TEXT ]           autostart = "autostart=" BOOL          notify = "notify=" BOOL
// BOOL      = "yes" | "no"
internal static class ActionParser
{
    private const string Redirect = "target";
    private const string DefaultTarget = "default_target";
    private const string User = "user";
    private const string Autostart = "autostart";
    private const string Notify = "notify";

    private static readonly string[] OfDeny = [Notify];
    private static readonly string[] OfAllow = [Redirect, User, Autostart, Notify];
    private static readonly string[] OfAsk = [Redirect, DefaultTarget, User, Autostart, Notify];

    /// <exception cref="PolicySyntaxException">No such action, or it does not take such parameters.</exception>
    public static PolicyAction Parse(string action, List<string> parameters)
    {
        switch (action)
        {
            case "deny":
                Dictionary<string, string> ofDeny = Read(action, OfDeny, parameters);
                return new DenyAction(Truth(ofDeny, Notify, true));
            case "allow":
                Dictionary<string, string> ofAllow = Read(action, OfAllow, parameters);
                return new AllowAction(
                    Token(ofAllow, Redirect), Text(ofAllow, User), Truth(ofAllow, Autostart, true), Truth(ofAllow, Notify, false));
            case "ask":
                Dictionary<string, string> ofAsk = Read(action, OfAsk, parameters);
                return new AskAction(
                    Token(ofAsk, Redirect), Token(ofAsk, DefaultTarget), Text(ofAsk, User), Truth(ofAsk, Autostart, true),
                    Truth(ofAsk, Notify, false));
            default:
                throw new PolicySyntaxException($"'{action}' is no action: allow, ask and deny are accepted");
        }
    }

    private static Dictionary<string, string> Read(string action, string[] keys, List<string> parameters)
    {
        Dictionary<string, string> read = [];
        foreach (string parameter in parameters)
        {
            int equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                throw new PolicySyntaxException($"'{parameter}' is no parameter: KEY=VALUE is accepted");
            string key = parameter[..equals];
            if (!keys.Contains(key))
                throw new PolicySyntaxException($"{action} takes no '{key}=': {string.Join("=, ", keys)}= are accepted");
            if (!read.TryAdd(key, parameter[(equals + 1)..]))
                throw new PolicySyntaxException($"{key}= is given twice");
        }
        return read;
    }

    private static PolicyToken? Token(Dictionary<string, string> read, string key)
    {
        if (!read.TryGetValue(key, out string? text))
            return null;
        return PolicyToken.TryParse(text, TokenPlace.Redirect) ?? throw new PolicySyntaxException(
            $"{key}= cannot be '{text}': a qube, @adminvm, @dispvm and @dispvm:TEMPLATE are accepted");
    }

    private static string? Text(Dictionary<string, string> read, string key) =>
        read.GetValueOrDefault(key) is { Length: > 0 } text ? text : null;

    private static bool Truth(Dictionary<string, string> read, string key, bool absent) => read.GetValueOrDefault(key) switch
    {
        null => absent,
        "yes" => true,
        "no" => false,
        var other => throw new PolicySyntaxException($"{key}= cannot be '{other}': yes and no are accepted"),
    };
}
