using System.Text;
using Qubes.Plugins.Qemu.Text;

namespace Qubes.Plugins.Qemu.Launching;

/// <summary>
/// Reads a process's standard error to its end, so that it never waits for a reader, and keeps the last 4 KiB to explain a
/// failure with. When the daemon ends, the process writes into nothing (QEMU ignores SIGPIPE).
/// </summary>
internal sealed class OutputTail
{
    private const int Kept = 4096;

    private readonly Lock guard = new();
    private readonly byte[] tail = new byte[2 * Kept];
    private int filled;

    public OutputTail(Stream stream) => Finished = Task.Run(() => ReadAsync(stream));

    /// <summary>Completes at the end of the output; never faults.</summary>
    public Task Finished { get; }

    /// <summary>The last line, escaped; empty when there was none.</summary>
    public string LastLine()
    {
        lock (guard)
        {
            var text = Encoding.UTF8.GetString(tail, Math.Max(0, filled - Kept), Math.Min(filled, Kept)).TrimEnd();
            return GuestText.Escape(text[(text.LastIndexOf('\n') + 1)..]);
        }
    }

    private async Task ReadAsync(Stream stream)
    {
        var buffer = new byte[Kept];
        try
        {
            while (await stream.ReadAsync(buffer).ConfigureAwait(false) is var read and > 0)
                Keep(buffer.AsSpan(0, read));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The daemon lets go of the process.
        }
    }

    private void Keep(ReadOnlySpan<byte> data)
    {
        lock (guard)
        {
            if (filled + data.Length > tail.Length)
            {
                tail.AsSpan(filled - Kept, Kept).CopyTo(tail);
                filled = Kept;
            }
            data.CopyTo(tail.AsSpan(filled));
            filled += data.Length;
        }
    }
}
