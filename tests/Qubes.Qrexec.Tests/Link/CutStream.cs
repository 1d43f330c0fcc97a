using System.Net.Sockets;

namespace Qubes.Qrexec.Tests.Link;

/// <summary>A socket's stream that stops writing in the middle, as a killed daemon does, and leaves the socket open.</summary>
internal sealed class CutStream(Socket socket) : NetworkStream(socket, false)
{
    private readonly TaskCompletionSource cut = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int CutAfter { get; set; } = int.MaxValue;

    public Task Cut => cut.Task;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = Math.Min(buffer.Length, CutAfter);
        await base.WriteAsync(buffer[..count], cancellationToken);
        if (CutAfter != int.MaxValue)
            CutAfter -= count;
        if (CutAfter > 0)
            return;
        cut.TrySetResult();
        throw new IOException("killed");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        await base.ReadAsync(buffer, cancellationToken);
}
