using System.Text;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Admin;

/// <summary>
/// Builds the bytes of a request (spec: Admin API, section 2):
/// <code>METHOD+ARGUMENT SP dom0 SP name SP DESTINATION NUL PAYLOAD</code>
/// then the sender half-closes. At most 65,536 bytes in all.
/// </summary>
internal static class AdminRequest
{
    public const int MaximumLength = 65536;

    public static byte[] Build(string method, string argument, string destination, ReadOnlySpan<byte> payload)
    {
        // A space, NUL or foreign letter would change the header's meaning or end in a closed connection without a word.
        RequirePlain(argument, "argument");
        RequirePlain(destination, "qube name");
        var header = $"{method}+{argument} dom0 name {destination}\0";
        var length = header.Length + payload.Length;
        if (length > MaximumLength)
            throw new ToolException($"request of {length} bytes to {method}; at most {MaximumLength} are accepted");

        var request = new byte[length];
        Encoding.ASCII.GetBytes(header, request);
        payload.CopyTo(request.AsSpan(header.Length));
        return request;
    }

    private static void RequirePlain(string text, string what)
    {
        foreach (var c in text)
        {
            if (c is <= ' ' or >= '\u007f')
                throw new UsageException($"invalid {what} '{text}': only printable ASCII without spaces is accepted");
        }
    }
}
