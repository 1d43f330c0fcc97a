using System.Text;
using static Qubes.Benchmarks.AdminApi.SystemCalls;

namespace Qubes.Benchmarks.AdminApi;

/// <summary>Asks as the stock client does: connect, send, half-close, read to the end; a connection for each request.</summary>
internal sealed unsafe class RawClient(string path)
{
    private readonly byte[] address = Address(path);
    private readonly byte[] answer = new byte[1 << 20];

    public static byte[] Request(string method, string argument, string destination, string payload = "") =>
        Encoding.ASCII.GetBytes($"{method}+{argument} dom0 name {destination}\0{payload}");

    /// <summary>The answer's bytes, until the next call.</summary>
    /// <exception cref="InvalidOperationException">The daemon refused.</exception>
    public ReadOnlySpan<byte> Ask(ReadOnlySpan<byte> request)
    {
        int descriptor = Open(request);
        try
        {
            int length = 0;
            fixed (byte* into = answer)
            {
                while ((int)Checked(Receive(descriptor, into + length, answer.Length - length, 0)) is > 0 and var read)
                    length += read;
            }
            var whole = answer.AsSpan(0, length);
            return whole.StartsWith("0\0"u8)
                ? whole
                : throw new InvalidOperationException($"'{Encoding.UTF8.GetString(request)}' was answered '{Encoding.UTF8.GetString(whole)}'");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Sends a request and leaves the answer to the caller, with the descriptor.</summary>
    public int Open(ReadOnlySpan<byte> request)
    {
        int descriptor = (int)Checked(Socket(Unix, StreamType, 0));
        fixed (byte* to = address, bytes = request)
        {
            Checked(Connect(descriptor, to, address.Length));
            Checked(Send(descriptor, bytes, request.Length, NoSignal));
        }
        Checked(Shutdown(descriptor, ShutWrite));
        return descriptor;
    }
}
