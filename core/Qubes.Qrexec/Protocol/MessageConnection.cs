using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Protocol;

/// <summary>
/// Whole messages over a vchan, which it owns: a control connection, or a host client's socket. One read at a time; writes may
/// overlap and do not mix.
/// </summary>
public sealed class MessageConnection(IVchan vchan) : IAsyncDisposable
{
    private readonly MessageDecoder decoder = new();
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly byte[] buffer = new byte[8192];
    private ReadOnlyMemory<byte> rest;

    /// <summary>The version agreed on; set it after the HELLO.</summary>
    public int Version
    {
        get => decoder.Version;
        set => decoder.Version = value;
    }

    /// <summary>The next message, or null when the peer has closed between two messages.</summary>
    /// <exception cref="QrexecViolationException">Unknown type, impossible length, or the end came within a message.</exception>
    public async ValueTask<QrexecMessage?> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            var input = rest.Span;
            var message = decoder.Read(ref input);
            rest = rest[^input.Length..];
            if (message is not null)
                return message;
            var count = await vchan.ReadAsync(buffer, cancel).ConfigureAwait(false);
            if (count > 0)
                rest = buffer.AsMemory(0, count);
            else if (decoder.IsInMessage)
                throw new QrexecViolationException("the connection ended within a message");
            else
                return null;
        }
    }

    /// <summary>Sends a message in its wire form.</summary>
    /// <exception cref="VchanClosedException">The peer has closed.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        await writing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await vchan.WriteAsync(message, cancel).ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>Closes the vchan.</summary>
    public ValueTask DisposeAsync()
    {
        writing.Dispose();
        return vchan.DisposeAsync();
    }
}
