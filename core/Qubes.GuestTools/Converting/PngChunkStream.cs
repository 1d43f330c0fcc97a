namespace Qubes.GuestTools.Converting;

/// <summary>Puts what is written into IDAT chunks of at most 64 KiB.</summary>
internal sealed class PngChunkStream(Stream file) : WriteOnlyStream
{
    private readonly byte[] held = new byte[64 * 1024];
    private int count;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var taken = Math.Min(buffer.Length, held.Length - count);
            buffer[..taken].CopyTo(held.AsMemory(count));
            count += taken;
            buffer = buffer[taken..];
            if (count == held.Length)
                await EmitAsync(cancellationToken);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (count > 0)
            await EmitAsync(default);
        await base.DisposeAsync();
    }

    private async Task EmitAsync(CancellationToken cancellation)
    {
        await PngChunk.WriteAsync(file, "IDAT", held.AsMemory(0, count), cancellation);
        count = 0;
    }
}
