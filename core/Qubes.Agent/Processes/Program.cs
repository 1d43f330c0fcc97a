using Qubes.Agent.Accounts;

namespace Qubes.Agent.Processes;

/// <summary>A program to start.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Arguments">The first is its name.</param>
/// <param name="Environment">Added to, or instead of, what every session has.</param>
/// <param name="Account">Who runs it.</param>
internal sealed record Program(
    string Path, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, Account Account);
