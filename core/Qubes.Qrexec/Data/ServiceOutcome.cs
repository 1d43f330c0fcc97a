namespace Qubes.Qrexec.Data;

/// <summary>How the service's side of a data connection ended.</summary>
/// <param name="ExitCode">What the caller was sent; null if it had gone before.</param>
/// <param name="Violation">What it did against the protocol, or null.</param>
/// <param name="IgnoredMessages">How many messages it sent that only services send; they were passed over.</param>
public sealed record ServiceOutcome(int? ExitCode, string? Violation, int IgnoredMessages);
