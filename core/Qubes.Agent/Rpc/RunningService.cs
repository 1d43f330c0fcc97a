namespace Qubes.Agent.Rpc;

/// <summary>A service that was started; -1 = there is none.</summary>
internal sealed record RunningService
{
    /// <summary>Its process; -1 for a socket.</summary>
    public int Pid { get; init; } = -1;

    /// <summary>Non-blocking, takes its input. A socket's is a duplicate of <see cref="Output"/>.</summary>
    public int Input { get; init; } = -1;

    /// <summary>Non-blocking, gives its output.</summary>
    public int Output { get; init; } = -1;

    /// <summary>Non-blocking, gives its standard error.</summary>
    public int Error { get; init; } = -1;

    /// <summary>A socket whose connection may not be made yet.</summary>
    public bool IsConnecting { get; init; }

    /// <summary>A socket: what it is told first, once it is connected.</summary>
    public ReadOnlyMemory<byte> Greeting { get; init; }

    /// <summary>A socket: the call ends when the caller's input has ended.</summary>
    public bool EndsWithInput { get; init; }

    /// <summary>A socket: the call ends when the service's output has ended.</summary>
    public bool EndsWithOutput { get; init; }
}
