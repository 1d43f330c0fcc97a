using System.Buffers.Binary;
using System.Text;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Tests.Link;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Tests.Data;

/// <summary>A session over a socket, and the caller's end of it, driven by hand.</summary>
internal sealed class ServedCall : IAsyncDisposable
{
    private readonly UnixVchan vchan;
    private readonly MessageDecoder decoder = new() { Version = 4 };
    private readonly byte[] buffer = new byte[4096];
    private ReadOnlyMemory<byte> rest;

    private ServedCall(UnixVchan vchan, UnixVchan caller, IRunningService service, CancellationToken cancel)
    {
        (this.vchan, Caller) = (vchan, caller);
        Service = service as ServiceStandIn ?? new ServiceStandIn(false);
        Session = ServeAsync(service, cancel);
    }

    public UnixVchan Caller { get; }

    public ServiceStandIn Service { get; }

    public Task<ServiceOutcome> Session { get; }

    public static async Task<ServedCall> StartAsync(IRunningService service, CancellationToken cancel)
    {
        var (first, second) = await SocketPair.CreateAsync();
        return new ServedCall(new UnixVchan(first), new UnixVchan(second), service, cancel);
    }

    public async Task SayAsync(MessageType type, string text) =>
        await Caller.WriteAsync(QrexecMessage.Encode(type, Encoding.UTF8.GetBytes(text)), default);

    /// <summary>The next message from the service: its stream and length, or the exit code.</summary>
    public async Task<string> NextAsync()
    {
        while (true)
        {
            var input = rest.Span;
            var message = decoder.Read(ref input);
            rest = rest[^input.Length..];
            switch (message?.Type)
            {
                case MessageType.DataStdout:
                    return $"stdout {message.Body.Length}";
                case MessageType.DataStderr:
                    return $"stderr {message.Body.Length}";
                case MessageType.DataExitCode:
                    return $"exit {BinaryPrimitives.ReadInt32LittleEndian(message.Body.Span)}";
            }

            var count = await Caller.ReadAsync(buffer, default).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
            rest = count > 0 ? buffer.AsMemory(0, count) : throw new EndOfStreamException();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Caller.DisposeAsync();
        await vchan.DisposeAsync();
    }

    private async Task<ServiceOutcome> ServeAsync(IRunningService service, CancellationToken cancel)
    {
        var version = await DataHandshake.ExchangeAsync(vchan, sendFirst: false, cancel);
        try
        {
            return await ServiceSession.RunAsync(vchan, version, service, cancel);
        }
        finally
        {
            await vchan.DisposeAsync();
        }
    }
}
