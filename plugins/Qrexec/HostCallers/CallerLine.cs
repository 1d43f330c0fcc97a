namespace Qubes.Plugins.Qrexec.HostCallers;

/// <summary>One line about callers on the host.</summary>
/// <param name="Account">The name of a user or, if <paramref name="IsGroup"/>, of a group.</param>
/// <param name="IsGroup">It was written with an <c>@</c>.</param>
/// <param name="Name">What policy and services call them.</param>
/// <param name="Tags">What policy sees on them.</param>
/// <param name="Location">File and line.</param>
internal sealed record CallerLine(string Account, bool IsGroup, string Name, IReadOnlySet<string> Tags, string Location);
