namespace Qubes.Agent.Rpc;

/// <summary>What serves a call.</summary>
/// <param name="Path">A file.</param>
/// <param name="IsSocket">A Unix socket to connect to; otherwise a program to run.</param>
internal sealed record FoundService(string Path, bool IsSocket);
