using System.Buffers.Binary;
using System.Text;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Tools.Tests.Bench;

/// <summary>The service's end of a call.</summary>
internal sealed class ServedCall(string vchanPath, string command, MessageConnection client) : IAsyncDisposable
{
    private readonly DataDecoder decoder = new(ProtocolVersion.Current);
    private readonly byte[] buffer = new byte[65536];
    private UnixVchan? vchan;
    private ReadOnlyMemory<byte> rest;

    public string Command => command;

    public bool CallerLeft { get; set; }

    /// <summary>Opens the data connection; the other methods need it.</summary>
    public async Task ConnectAsync()
    {
        vchan = await UnixVchan.ConnectAsync(vchanPath, TimeProvider.System, CancellationToken.None);
        await DataHandshake.ExchangeAsync(vchan, sendFirst: true, CancellationToken.None);
    }

    /// <summary>The caller's input up to its end.</summary>
    public async Task<byte[]> ReadInputAsync()
    {
        var input = new MemoryStream();
        while (await ReadPieceAsync() is { Length: > 0 } piece)
            input.Write(piece.Span);
        return input.ToArray();
    }

    /// <summary>The next piece of input; empty at its end, or when the caller has left.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadPieceAsync()
    {
        while (true)
        {
            if (decoder.TryRead(ref rest, out var piece))
                return piece.Bytes;
            var count = await vchan!.ReadAsync(buffer, CancellationToken.None);
            if (count == 0)
            {
                CallerLeft = true;
                return default;
            }

            rest = buffer.AsMemory(0, count);
        }
    }

    public Task OutputAsync(string text) => SendAsync(MessageType.DataStdout, Encoding.UTF8.GetBytes(text));

    public Task ErrorAsync(string text) => SendAsync(MessageType.DataStderr, Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(MessageType type, ReadOnlyMemory<byte> body) =>
        await vchan!.WriteAsync(QrexecMessage.Encode(type, body.Span), CancellationToken.None);

    /// <summary>Closes both outputs and gives the status.</summary>
    public async Task ExitAsync(int code)
    {
        await SendAsync(MessageType.DataStdout, default);
        await SendAsync(MessageType.DataStderr, default);
        await ExitCodeAsync(code);
    }

    public async Task ExitCodeAsync(int code)
    {
        var body = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(body, code);
        await SendAsync(MessageType.DataExitCode, body);
    }

    /// <summary>The daemon hangs up on the client.</summary>
    public ValueTask HangUpAsync() => client.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        if (vchan is not null)
            await vchan.DisposeAsync();
    }
}
