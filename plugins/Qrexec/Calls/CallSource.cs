using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>Who calls, as policy and services name it.</summary>
/// <param name="Name">A qube's name; for a program on the host, the name that the administrator gave its user.</param>
/// <param name="Qube">The calling qube; null for a program on the host. Only touched on the kernel loop.</param>
internal sealed record CallSource(string Name, IQube? Qube)
{
    /// <summary>Tags that policy sees on a source that is no qube.</summary>
    public IReadOnlySet<string> Tags { get; init; } = new HashSet<string>();
}
