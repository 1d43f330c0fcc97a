using Qubes.Policy.Language;

namespace Qubes.Policy.Evaluation;

/// <summary>A requested target after the first step (spec: policy, section 4).</summary>
/// <param name="Token">A qube that is known, <c>@adminvm</c>, <c>@default</c>, <c>@dispvm</c> or <c>@dispvm:TEMPLATE</c>.</param>
/// <param name="Qube">The qube, or the template; null for the other words.</param>
internal readonly record struct RequestedTarget(PolicyToken Token, IPolicyQube? Qube)
{
    private static readonly PolicyToken Default = new(TokenKind.Default, PolicyWords.Default, PolicyWords.Default);

    public static RequestedTarget None => new(Default, null);

    /// <returns>Null if a caller may not ask for that at all.</returns>
    public static RequestedTarget? TryResolve(string text, IPolicySystem system)
    {
        if (text.Length == 0)
            return None;
        if (PolicyToken.TryParse(text, TokenPlace.Request) is not { } token)
            return null;
        IPolicyQube? qube = null;
        if (token.Kind == TokenKind.Qube && !system.TryFind(token.Text, out qube))
            return None;
        if (token.Kind == TokenKind.DispVmOf)
            system.TryFind(token.Value, out qube);
        return new(token, qube);
    }
}
