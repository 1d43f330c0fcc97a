using Qubes.Policy.Language;

namespace Qubes.Policy.Evaluation;

/// <summary>From what a call or a redirect names to where the call would go (spec: policy, section 4, step 5).</summary>
internal static class DisposableTarget
{
    /// <returns>Null if it cannot go there, and why.</returns>
    public static string? Resolve(PolicyToken token, IPolicyQube source, IPolicySystem system, out string? problem)
    {
        problem = null;
        switch (token.Kind)
        {
            case TokenKind.AdminVm:
                return PolicyWords.Host;
            case TokenKind.Qube when token.IsHost || system.TryFind(token.Text, out _):
                return token.Text;
            case TokenKind.Qube:
                problem = $"there is no qube {token.Text}";
                return null;
            case TokenKind.DispVmOf when system.TryFind(token.Value, out IPolicyQube? template) && template.IsTemplateForDispvms:
                return token.Text;
            case TokenKind.DispVmOf:
                problem = $"{token.Value} is no template for disposables";
                return null;
            // Whether disposables can be made of it is seen when one is.
            case TokenKind.DispVm when source.DefaultDispvm is { } name && system.TryFind(name, out _):
                return PolicyWords.DispVmOf + name;
            case TokenKind.DispVm:
                problem = source.DefaultDispvm is { } unknown
                    ? $"the default_dispvm of {source.Name}, {unknown}, is no qube that is known"
                    : $"{source.Name} has no default_dispvm";
                return null;
            default:
                problem = "no target was chosen";
                return null;
        }
    }
}
