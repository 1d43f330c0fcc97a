using Qubes.Qrexec.Protocol;

namespace Qubes.Agent.Serving;

/// <summary>One output stream of a service.</summary>
internal sealed class ServiceOutput(MessageType type)
{
    /// <summary>What its messages are.</summary>
    public MessageType Type => type;

    /// <summary>Where it is read from; -1 once it has ended, or if there is none.</summary>
    public int Descriptor { get; set; } = -1;

    /// <summary>There may be something to read.</summary>
    public bool IsReadable { get; set; }

    /// <summary>Its empty message was sent.</summary>
    public bool IsEndSent { get; set; }
}
