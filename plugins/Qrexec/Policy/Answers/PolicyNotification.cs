namespace Qubes.Policy.Answers;

/// <summary>What a user is to be told (spec: policy, section 4).</summary>
/// <param name="To">The qube whose user it is.</param>
/// <param name="IsAllowed">What came of the call.</param>
/// <param name="Source">Who called: the remote qube, if an allowed call was relayed for one.</param>
/// <param name="Target">The real target of an allowed call; of another, as the caller wrote it.</param>
public sealed record PolicyNotification(string To, bool IsAllowed, string Source, string Target);
