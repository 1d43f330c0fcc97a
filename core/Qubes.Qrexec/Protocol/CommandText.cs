namespace Qubes.Qrexec.Protocol;

/// <summary>
/// A command text towards a guest (spec: protocol, section 9): <c>USER:[nogui:]QUBESRPC DESCRIPTOR</c> or
/// <c>USER:[nogui:]SHELL COMMAND</c>. Exactly one of <see cref="Service"/> and <see cref="Shell"/> is set.
/// </summary>
public sealed record CommandText
{
    private const string RpcWord = "QUBESRPC ";
    private const string NoGuiWord = "nogui:";

    private CommandText(string user, bool noGui) => (User, NoGui) = (user, noGui);

    /// <summary>Who is to run it: a user's name, or <c>DEFAULT</c> towards a daemon.</summary>
    public string User { get; init; }

    /// <summary>Do not wait for a desktop session.</summary>
    public bool NoGui { get; }

    /// <summary>The service to call, or null.</summary>
    public ServiceDescriptor? Service { get; private init; }

    /// <summary>The command for the user's login shell, or null.</summary>
    public string? Shell { get; private init; }

    /// <summary>A call of a service.</summary>
    public static CommandText ForService(string user, ServiceDescriptor service) => new(user, false) { Service = service };

    /// <summary>A shell command.</summary>
    public static CommandText ForShell(string user, string command) => new(user, false) { Shell = command };

    /// <summary>Parses a command; null if it has no user before a colon, or a malformed service descriptor.</summary>
    public static CommandText? TryParse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
            return null;
        var rest = text[(colon + 1)..];
        var noGui = rest.StartsWith(NoGuiWord, StringComparison.Ordinal);
        if (noGui)
            rest = rest[NoGuiWord.Length..];
        var command = new CommandText(text[..colon], noGui);
        if (!rest.StartsWith(RpcWord, StringComparison.Ordinal))
            return rest.Length == 0 ? null : command with { Shell = rest };
        return ServiceDescriptor.TryParse(rest[RpcWord.Length..]) is { } service ? command with { Service = service } : null;
    }

    /// <summary>The text.</summary>
    public override string ToString() =>
        $"{User}:{(NoGui ? NoGuiWord : "")}{(Service is null ? Shell : RpcWord + Service)}";
}
