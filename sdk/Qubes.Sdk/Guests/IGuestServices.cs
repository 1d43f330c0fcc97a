using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Guests;

/// <summary>How a service call in a guest ended.</summary>
/// <param name="ExitCode">The service's exit code, 0 to 255; 127 when the guest has no such service.</param>
/// <param name="Output">The first 64 KiB of what it wrote on standard output; chosen by the guest, so hostile.</param>
public sealed record GuestServiceResult(int ExitCode, ReadOnlyMemory<byte> Output)
{
    /// <summary>The first 4 KiB of what it wrote on standard error, which is for people; as hostile.</summary>
    public ReadOnlyMemory<byte> Error { get; init; }
}

/// <summary>Extension point: calls qrexec services inside running qubes on the host's behalf. Called on the kernel loop.</summary>
public interface IGuestServices
{
    /// <summary>Calls a service and returns when it has ended.</summary>
    /// <param name="qube">Running.</param>
    /// <param name="service">e.g. <c>qubes.ResizeDisk</c>, with its argument after <c>+</c> if any.</param>
    /// <param name="user">The guest's user; null: the qube's <c>default_user</c>.</param>
    /// <param name="input">What the service reads.</param>
    /// <param name="cancel">Ends the call; its service goes on in the guest.</param>
    /// <exception cref="QubeNotRunningException">The qube's agent is not connected, or left before the service ended.</exception>
    Task<GuestServiceResult> CallAsync(
        IQube qube, string service, string? user, ReadOnlyMemory<byte> input, CancellationToken cancel);
}
