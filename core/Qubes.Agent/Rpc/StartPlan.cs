using Qubes.Agent.Processes;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Rpc;

namespace Qubes.Agent.Rpc;

/// <summary>What a command comes to: exactly one of <see cref="Program"/> and <see cref="Socket"/> is set.</summary>
internal sealed record StartPlan
{
    /// <summary>The program to run, or null.</summary>
    public Program? Program { get; init; }

    /// <summary>The Unix socket or TCP port to connect to, or null.</summary>
    public FoundService? Socket { get; init; }

    /// <summary>The service called; null for a plain command.</summary>
    public ServiceDescriptor? Descriptor { get; init; }

    /// <summary>What its configuration says.</summary>
    public ServiceConfiguration Configuration { get; init; } = ServiceConfiguration.Empty;

    /// <summary>The user whose desktop session it waits for; null: it does not wait.</summary>
    public string? SessionUser { get; init; }
}
