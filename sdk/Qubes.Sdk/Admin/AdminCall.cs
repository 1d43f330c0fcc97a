using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Admin;

/// <summary>One Admin API call, framed and resolved.</summary>
/// <param name="Method">e.g. <c>admin.vm.Start</c>.</param>
/// <param name="Source">The calling qube.</param>
/// <param name="Destination">The qube it is about; the host for calls about the system.</param>
/// <param name="Argument">After the first <c>+</c>; empty when there is none.</param>
/// <param name="Payload">At most 64 KiB, unchecked.</param>
public sealed record AdminCall(string Method, IQube Source, IQube Destination, string Argument, ReadOnlyMemory<byte> Payload);

/// <summary>Where a streaming method writes its events; a client that does not read is dropped.</summary>
public interface IAdminEventStream
{
    /// <summary>Queues one event; never blocks.</summary>
    /// <param name="subject">A qube, or null for the system.</param>
    /// <param name="name">e.g. <c>template-build-progress</c>.</param>
    /// <param name="arguments">Keys and values in order.</param>
    void Write(IQube? subject, string name, params IEnumerable<KeyValuePair<string, string>> arguments);
}
