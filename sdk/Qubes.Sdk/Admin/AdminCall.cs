using System.Text;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Sdk.Admin;

/// <summary>One Admin API call, framed and resolved.</summary>
/// <param name="Method">e.g. <c>admin.vm.Start</c>.</param>
/// <param name="Source">The calling qube.</param>
/// <param name="Destination">The qube it is about; the host for calls about the system.</param>
/// <param name="Argument">After the first <c>+</c>; empty when there is none.</param>
/// <param name="Payload">At most 64 KiB, unchecked.</param>
public sealed record AdminCall(string Method, IQube Source, IQube Destination, string Argument, ReadOnlyMemory<byte> Payload)
{
    /// <summary>
    /// What the plugins said to the call when it was allowed. Methods that list things ask it what to show.
    /// </summary>
    public AdminPermission? Permission { get; init; }
}

/// <summary>A method's answer: text, or bytes that were encoded before.</summary>
/// <param name="Utf8">What stands after <c>0\0</c>.</param>
public readonly record struct AdminAnswer(ReadOnlyMemory<byte> Utf8)
{
    /// <summary>An answer without content.</summary>
    public static AdminAnswer Empty => default;

    /// <summary>Text as an answer.</summary>
    public static implicit operator AdminAnswer(string text) => new(Encoding.UTF8.GetBytes(text));
}

/// <summary>Where a streaming method writes its events; a client that does not read is dropped.</summary>
public interface IAdminEventStream
{
    /// <summary>Queues one event; never blocks.</summary>
    /// <param name="subject">A qube, or null for the system.</param>
    /// <param name="name">e.g. <c>template-build-progress</c>.</param>
    /// <param name="arguments">Keys and values in order.</param>
    void Write(IQube? subject, string name, params IEnumerable<KeyValuePair<string, string>> arguments);
}
