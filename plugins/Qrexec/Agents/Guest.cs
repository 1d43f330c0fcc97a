using Qubes.Sdk.Domains;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qrexec.Agents;

/// <summary>A running guest, as everything in this plugin names it. Safe to use off the kernel loop, but for the qube.</summary>
/// <param name="Qube">Only touched on the kernel loop.</param>
/// <param name="Machine">What runs it.</param>
/// <param name="Name">The qube's name.</param>
/// <param name="Uuid">The qube's UUID.</param>
internal sealed record Guest(IQube Qube, IMachine Machine, string Name, Guid Uuid)
{
    /// <summary>The domain id, by which sockets are named.</summary>
    public int Id => Machine.Id;
}
