namespace Qubes.Client.Arguments;

/// <summary>What the command line asks for (spec: protocol, section 8).</summary>
internal sealed record CallOptions
{
    /// <summary>The qube to call, or a keyword.</summary>
    public string Target { get; init; } = "";

    /// <summary>The service, with its argument.</summary>
    public string Service { get; init; } = "";

    /// <summary>The local program with its arguments; empty = none.</summary>
    public IReadOnlyList<string> Program { get; init; } = [];

    /// <summary>Whether control characters of the output are replaced; null = if it is a terminal.</summary>
    public bool? FiltersOutput { get; init; }

    /// <summary>Whether control characters of the error output are replaced; null = if it is a terminal.</summary>
    public bool? FiltersError { get; init; }

    /// <summary>Where the agent listens; null = at the usual place.</summary>
    public string? AgentSocket { get; init; }

    /// <summary>Sent before the input; null = nothing.</summary>
    public string? Prefix { get; init; }

    /// <summary>Bytes that the vchan buffers each way; 0 = as many as the system likes.</summary>
    public int BufferSize { get; init; }

    /// <summary>Descriptor 0 is a socket that is both input and output.</summary>
    public bool UsesStdinSocket { get; init; }

    /// <summary>The qube that it speaks for; empty = the one it runs in.</summary>
    public string Source { get; init; } = "";
}
