using Qubes.Plugins.Qrexec.Calls;
using Qubes.Qrexec.Protocol;

namespace Qubes.Plugins.Qrexec.HostServices;

/// <summary>A call of one of the host's services.</summary>
/// <param name="Source">Who calls.</param>
/// <param name="Descriptor">What, and the requested target.</param>
internal sealed record HostCall(CallSource Source, ServiceDescriptor Descriptor)
{
    /// <summary>The requested target as policy writes it; empty if it is not known.</summary>
    public string RequestedTarget => (Descriptor.TargetType == "keyword" ? "@" : "") + Descriptor.Target;
}
