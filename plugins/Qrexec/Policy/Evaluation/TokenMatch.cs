using Qubes.Policy.Language;

namespace Qubes.Policy.Evaluation;

/// <summary>Whether a token of a rule stands for a qube or a requested target (spec: policy, section 3).</summary>
internal static class TokenMatch
{
    public static bool IsSource(PolicyToken token, IPolicyQube source) => token.Kind switch
    {
        TokenKind.Any => true,
        TokenKind.AnyVm => !IsHost(source),
        TokenKind.Qube or TokenKind.AdminVm => Is(token, source),
        TokenKind.Tag => source.HasTag(token.Value),
        TokenKind.Type => source.Type == token.Value,
        // A disposable that calls has a name and tags of its own.
        _ => false,
    };

    public static bool IsTarget(PolicyToken token, RequestedTarget target, IPolicyQube source, IPolicySystem system) => token.Kind switch
    {
        TokenKind.Any => true,
        TokenKind.AnyVm => !target.Token.IsHost,
        TokenKind.AdminVm => target.Token.IsHost,
        TokenKind.Qube => token.IsHost ? target.Token.IsHost : target.Token.Kind == TokenKind.Qube && Is(token, target.Qube!),
        TokenKind.Tag => target.Token.Kind == TokenKind.Qube && target.Qube!.HasTag(token.Value),
        TokenKind.Type => target.Token.Kind == TokenKind.Qube && target.Qube!.Type == token.Value,
        TokenKind.Default => target.Token.Kind == TokenKind.Default,
        TokenKind.DispVm => target.Token.Kind == TokenKind.DispVm,
        TokenKind.DispVmOf => target.Token.Kind == TokenKind.DispVmOf
            ? target.Token.Value == token.Value || (target.Qube is { } template && Named(token.Value, template))
            : target.Token.Kind == TokenKind.DispVm && source.DefaultDispvm == token.Value,
        TokenKind.DispVmOfTag => Template(target, source, system) is { IsTemplateForDispvms: true } template && template.HasTag(token.Value),
        _ => false,
    };

    /// <summary>Whether it is the host's own entry.</summary>
    public static bool IsHost(IPolicyQube qube) => qube.Name == PolicyWords.Host;

    /// <summary>Whether a text is a qube's name, or its uuid with the prefix.</summary>
    public static bool Named(string text, IPolicyQube qube) =>
        text == qube.Name
        || (qube.Uuid.Length > 0 && text.StartsAs(PolicyWords.Uuid) && text.AsSpan(PolicyWords.Uuid.Length).SequenceEqual(qube.Uuid));

    private static bool Is(PolicyToken token, IPolicyQube qube) => token.IsHost ? IsHost(qube) : Named(token.Text, qube);

    private static IPolicyQube? Template(RequestedTarget target, IPolicyQube source, IPolicySystem system)
    {
        IPolicyQube? template = null;
        if (target.Token.Kind == TokenKind.DispVmOf)
            template = target.Qube;
        else if (target.Token.Kind == TokenKind.DispVm && source.DefaultDispvm is { } name)
            system.TryFind(name, out template);
        return template;
    }
}
