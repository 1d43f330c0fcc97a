namespace Qubes.Policy.Language;

// rule         = SERVICE ARGUMENT service-rule                  ; words between runs of white space
// service-rule = SOURCE TARGET ACTION *( KEY "=" VALUE )        ; in files for one service (spec: policy, sections 3 and 8)
// SERVICE      = "*" | 1*( letter | digit | "-" | "." | "_" )
// ARGUMENT     = "*" | "+" *( letter | digit | "-" | "." | "_" | "+" )
// SOURCE, TARGET: PolicyToken; ACTION and what follows it: ActionParser
internal static class RuleParser
{
    /// <exception cref="PolicySyntaxException">It is no rule.</exception>
    public static PolicyRule Parse(List<string> words, PolicyLocation location)
    {
        if (words is not [var service, var argument, var source, var target, var action, ..])
            throw new PolicySyntaxException("a rule has at least five words: SERVICE ARGUMENT SOURCE TARGET ACTION");
        ServiceNames.Check(service, argument);
        return Make(service, argument, source, target, action, words[5..], location);
    }

    /// <exception cref="PolicySyntaxException">It is no rule.</exception>
    public static PolicyRule ParseForService(string service, string argument, List<string> words, PolicyLocation location)
    {
        if (words is not [var source, var target, var action, ..])
            throw new PolicySyntaxException("a rule for one service has at least three words: SOURCE TARGET ACTION");
        return Make(service, argument, source, target, action, words[3..], location);
    }

    private static PolicyRule Make(
        string service, string argument, string source, string target, string action, List<string> parameters, PolicyLocation location)
    {
        PolicyToken from = PolicyToken.TryParse(source, TokenPlace.Source)
            ?? throw new PolicySyntaxException($"'{source}' cannot be a source");
        PolicyToken to = PolicyToken.TryParse(target, TokenPlace.Target)
            ?? throw new PolicySyntaxException($"'{target}' cannot be a target");
        PolicyAction what = ActionParser.Parse(action, parameters);
        if (to.Kind == TokenKind.Default && what is AllowAction { Redirect: null })
            throw new PolicySyntaxException("allow with target @default needs a target= to send the call to");
        return new(service, argument, from, to, what, location);
    }
}
