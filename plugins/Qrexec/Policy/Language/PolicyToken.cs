namespace Qubes.Policy.Language;

/// <summary>A word for a source or target.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Text">As written.</param>
/// <param name="Value">The name, tag or type in it; for a word without one, the word.</param>
public sealed record PolicyToken(TokenKind Kind, string Text, string Value)
{
    /// <summary>Whether it is the host in one of its three spellings.</summary>
    public bool IsHost { get; } = PolicyWords.IsHost(Text);

    /// <summary>Reads a word that stands in a given place.</summary>
    /// <returns>Null if it is no token, or not one for that place.</returns>
    internal static PolicyToken? TryParse(string text, TokenPlace place) =>
        Read(text) is { } token && IsAllowed(token.Kind, place) ? token : null;

    // token = "*" | "@anyvm" | "@adminvm" | "@default" | "@dispvm" | "@tag:" TAG | "@type:" TYPE
    //       | "@dispvm:" NAME | "@dispvm:@tag:" TAG | NAME
    // NAME  = one character or more, the first no "@"; "uuid:" and a uuid, or a name, of whatever characters
    private static PolicyToken? Read(string text) => text switch
    {
        "" => null,
        PolicyWords.Any => new(TokenKind.Any, text, text),
        PolicyWords.AnyVm => new(TokenKind.AnyVm, text, text),
        PolicyWords.AdminVm => new(TokenKind.AdminVm, text, text),
        PolicyWords.Default => new(TokenKind.Default, text, text),
        PolicyWords.DispVm => new(TokenKind.DispVm, text, text),
        _ when text[0] != '@' => new(TokenKind.Qube, text, text),
        _ when text.StartsAs(PolicyWords.Tag) => With(TokenKind.Tag, text, PolicyWords.Tag),
        _ when text.StartsAs(PolicyWords.Type) => With(TokenKind.Type, text, PolicyWords.Type),
        _ when text.StartsAs(PolicyWords.DispVmTag) => With(TokenKind.DispVmOfTag, text, PolicyWords.DispVmTag),
        _ when text.StartsAs(PolicyWords.DispVmOf + "@") => null,
        _ when text.StartsAs(PolicyWords.DispVmOf) => With(TokenKind.DispVmOf, text, PolicyWords.DispVmOf),
        _ => null,
    };

    private static PolicyToken? With(TokenKind kind, string text, string word) =>
        text.Length > word.Length ? new(kind, text, text[word.Length..]) : null;

    private static bool IsAllowed(TokenKind kind, TokenPlace place) => place switch
    {
        TokenPlace.Source => kind is not (TokenKind.Default or TokenKind.DispVm),
        TokenPlace.Target => true,
        TokenPlace.Redirect => kind is TokenKind.Qube or TokenKind.AdminVm or TokenKind.DispVm or TokenKind.DispVmOf,
        _ => kind is TokenKind.Qube or TokenKind.AdminVm or TokenKind.DispVm or TokenKind.DispVmOf or TokenKind.Default,
    };
}
