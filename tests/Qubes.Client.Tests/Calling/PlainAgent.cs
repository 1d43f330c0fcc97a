using System.Buffers.Binary;
using System.Net.Sockets;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Client.Tests.Calling;

/// <summary>The local side of an agent, and the service's side of a call, by the specification alone.</summary>
internal sealed class PlainAgent : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly DirectoryInfo directory = System.IO.Directory.CreateTempSubdirectory("qubes-client-");
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private Socket? client;
    private byte[] rest = [];

    public PlainAgent()
    {
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        listener.Listen(1);
    }

    public string Directory => directory.FullName;

    public string SocketPath => Path.Combine(directory.FullName, "agent");

    /// <summary>The data connection.</summary>
    public UnixVchan Vchan { get; private set; } = null!;

    public async Task<TriggerRequest> TakeRequestAsync()
    {
        client = await listener.AcceptAsync().WaitAsync(Limit);
        var header = await ReadClientAsync(8);
        Assert.Equal(0x213, BinaryPrimitives.ReadInt32LittleEndian(header));
        var body = await ReadClientAsync(BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4)));
        return TriggerRequest.Parse(MessageType.TriggerService4, 4, body);
    }

    public void Refuse() => client!.Dispose();

    public async Task AnswerAsync(int domain, int port)
    {
        var answer = new byte[8];
        new ExecParameters(domain, port).Write(answer);
        await client!.SendAsync(answer);
    }

    /// <summary>Accepts a call, connects, and exchanges HELLO.</summary>
    public async Task AcceptAsync(int version = 4, string? path = null)
    {
        await TakeRequestAsync();
        await AnswerAsync(7, 513);
        using var patience = new CancellationTokenSource(Limit);
        Vchan = await UnixVchan.ConnectAsync(path ?? VchanSocketPath.Of(Directory, 0, 7, 513), TimeProvider.System, patience.Token);
        await SendAsync(QrexecMessage.EncodeHello(version));
        Assert.Equal(4, BinaryPrimitives.ReadInt32LittleEndian((await ReadAsync(12)).AsSpan(8)));
    }

    public Task SendAsync(byte[] message) => Vchan.WriteAsync(message, default).AsTask().WaitAsync(Limit);

    public Task SendAsync(MessageType type, ReadOnlySpan<byte> body) => SendAsync(QrexecMessage.Encode(type, body));

    /// <summary>Closes both outputs and ends with a status.</summary>
    public async Task ExitAsync(int status)
    {
        await SendAsync(MessageType.DataStdout, []);
        await SendAsync(MessageType.DataStderr, []);
        await SendAsync(QrexecMessage.EncodeExitCode(status));
    }

    /// <summary>The next message of the caller.</summary>
    public async Task<(MessageType Type, byte[] Body)> ReadMessageAsync()
    {
        var header = await ReadAsync(8);
        return ((MessageType)BinaryPrimitives.ReadInt32LittleEndian(header),
            await ReadAsync(BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4))));
    }

    /// <summary>All input until its end.</summary>
    public async Task<byte[]> ReadInputAsync(int longest = 65536)
    {
        var all = new MemoryStream();
        while (true)
        {
            var (type, body) = await ReadMessageAsync();
            Assert.Equal(MessageType.DataStdin, type);
            Assert.InRange(body.Length, 0, longest);
            if (body.Length == 0)
                return all.ToArray();
            all.Write(body);
        }
    }

    /// <summary>Whether the caller closes without a further word.</summary>
    public async Task<bool> IsLeftAsync() => await Vchan.ReadAsync(new byte[1], default).AsTask().WaitAsync(Limit) == 0;

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        client?.Dispose();
        if (Vchan is not null)
            await Vchan.DisposeAsync();
        directory.Delete(true);
    }

    private async Task<byte[]> ReadAsync(int count)
    {
        while (rest.Length < count)
        {
            var buffer = new byte[1 << 17];
            var read = await Vchan.ReadAsync(buffer, default).AsTask().WaitAsync(Limit);
            if (read == 0)
                throw new EndOfStreamException("the caller has left");
            rest = [.. rest, .. buffer.AsSpan(0, read)];
        }

        var result = rest[..count];
        rest = rest[count..];
        return result;
    }

    private async Task<byte[]> ReadClientAsync(int count)
    {
        var result = new byte[count];
        for (var filled = 0; filled < count;)
        {
            var read = await client!.ReceiveAsync(result.AsMemory(filled)).AsTask().WaitAsync(Limit);
            Assert.NotEqual(0, read);
            filled += read;
        }

        return result;
    }
}
