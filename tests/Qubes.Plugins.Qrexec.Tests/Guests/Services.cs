using System.Globalization;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.Tests.Guests;

/// <summary>
/// Commands of a fake guest: <c>USER:echo</c>, <c>USER:exit N</c>, <c>USER:flood BYTES</c>, <c>USER:sink</c>; as services, the
/// number is the argument.
/// </summary>
internal static class Services
{
    private const string Service = "QUBESRPC ";

    public static Task<int> RunAsync(IVchan data, string command)
    {
        string text = command[(command.IndexOf(':', StringComparison.Ordinal) + 1)..];
        if (text.StartsWith(Service, StringComparison.Ordinal))
            text = text[Service.Length..].Replace('+', ' ');
        string[] words = text.Split(' ');
        return words[0] switch
        {
            "echo" => EchoAsync(data),
            "exit" => Task.FromResult(int.Parse(words[1], CultureInfo.InvariantCulture)),
            "flood" => FloodAsync(data, long.Parse(words[1], CultureInfo.InvariantCulture)),
            "sink" => SinkAsync(data),
            _ => Task.FromResult(127),
        };
    }

    public static async Task SendAsync(IVchan data, MessageType type, byte[] body) =>
        await data.WriteAsync(QrexecMessage.Encode(type, body), CancellationToken.None);

    private static async Task<int> EchoAsync(IVchan data)
    {
        var messages = new MessageConnection(data);
        while (await messages.ReadAsync(CancellationToken.None) is { Body.Length: > 0 } message)
            await data.WriteAsync(QrexecMessage.Encode(MessageType.DataStdout, message.Body.Span), CancellationToken.None);
        return 0;
    }

    private static async Task<int> FloodAsync(IVchan data, long bytes)
    {
        byte[] chunk = QrexecMessage.Encode(MessageType.DataStdout, new byte[65536]);
        for (long sent = 0; sent < bytes; sent += 65536)
            await data.WriteAsync(chunk, CancellationToken.None);
        return 0;
    }

    private static async Task<int> SinkAsync(IVchan data)
    {
        byte[] buffer = new byte[256 * 1024];
        var decoder = new MessageDecoder();
        while (await data.ReadAsync(buffer, CancellationToken.None) is > 0 and int count)
        {
            if (EndsWithin(decoder, buffer.AsSpan(0, count)))
                return 0;
        }
        return 1;
    }

    private static bool EndsWithin(MessageDecoder decoder, ReadOnlySpan<byte> input)
    {
        while (decoder.Read(ref input) is { } message)
        {
            if (message.Body.IsEmpty)
                return true;
        }
        return false;
    }
}
