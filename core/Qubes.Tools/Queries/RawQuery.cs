using System.Net.Sockets;
using System.Text;
using Qubes.Tools.Admin;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Queries;

// METHOD "+" ARGUMENT SP SOURCE SP "name" SP DESTINATION NUL PAYLOAD, then end of file (spec: Admin API, section 2)
internal static class RawQuery
{
    /// <summary>The bytes of a request.</summary>
    /// <exception cref="UsageException">A word would change the header's meaning.</exception>
    /// <exception cref="ToolException">The request is longer than the daemon accepts.</exception>
    public static byte[] Build(string source, string method, string destination, string argument, ReadOnlySpan<byte> payload)
    {
        foreach (string word in new[] { source, method, destination, argument })
        {
            if (word.Any(c => c is <= ' ' or >= '\u007f'))
                throw new UsageException($"invalid word '{word}': only printable ASCII without spaces is accepted");
        }
        byte[] request = [.. Encoding.ASCII.GetBytes($"{method}+{argument} {source} name {destination}\0"), .. payload];
        return request.Length <= AdminRequest.MaximumLength
            ? request
            : throw new ToolException($"the request is longer than {AdminRequest.MaximumLength} bytes");
    }

    /// <summary>A connection on which a request was sent and the answer can be read.</summary>
    public static async Task<Socket> SendAsync(string path, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            while (request.Length > 0)
                request = request[await socket.SendAsync(request, cancellation)..];
            socket.Shutdown(SocketShutdown.Send);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
