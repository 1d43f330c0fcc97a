namespace Qubes.Agent;

/// <summary>How the agent was called.</summary>
internal sealed record AgentOptions
{
    /// <summary>Where programs of a guest look for the agent.</summary>
    public const string UsualClientSocket = "/run/qubes/qrexec-agent";

    /// <summary>What is accepted.</summary>
    public const string Usage =
        "usage: qubes-agent [--socket PATH | --vchan-socket DIRECTORY --domain NUMBER] [--client-socket PATH]";

    /// <summary>A Unix socket to take the host's link at, instead of the virtio-serial port.</summary>
    public string? LinkSocket { get; private init; }

    /// <summary>A directory of Unix-socket vchans to be reached by, instead of a link.</summary>
    public string? VchanDirectory { get; private init; }

    /// <summary>The number it goes by among those.</summary>
    public int Domain { get; private init; } = -1;

    /// <summary>Where it takes calls of programs; null = nowhere, unless it serves the host over the port.</summary>
    public string? ClientSocket { get; private init; }

    /// <summary>Whether it serves the host over the virtio-serial port.</summary>
    public bool UsesPort => LinkSocket is null && VchanDirectory is null;

    /// <summary>Parses a command line; null if it is wrong.</summary>
    public static AgentOptions? TryParse(ReadOnlySpan<string> arguments)
    {
        var options = new AgentOptions();
        for (; !arguments.IsEmpty; arguments = arguments[2..])
        {
            if (arguments.Length == 1 || options.With(arguments[0], arguments[1]) is not { } next)
                return null;
            options = next;
        }

        // One way to the host, and a number exactly where there are others to be told from.
        return options is { LinkSocket: not null, VchanDirectory: not null } || options.VchanDirectory is null != options.Domain < 0
            ? null
            : options;
    }

    private AgentOptions? With(string name, string value) => name switch
    {
        "--socket" when LinkSocket is null => this with { LinkSocket = value },
        "--vchan-socket" when VchanDirectory is null => this with { VchanDirectory = value },
        "--client-socket" when ClientSocket is null => this with { ClientSocket = value },
        "--domain" when Domain < 0 && int.TryParse(value, out var domain) && domain > 0 => this with { Domain = domain },
        _ => null,
    };
}
