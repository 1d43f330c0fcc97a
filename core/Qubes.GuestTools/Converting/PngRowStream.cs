namespace Qubes.GuestTools.Converting;

/// <summary>Begins each row with the number of its filter, which is none.</summary>
/// <param name="rowLength">Bytes of a row, without the filter's.</param>
internal sealed class PngRowStream(Stream target, int rowLength) : WriteOnlyStream
{
    private static readonly byte[] NoFilter = [0];

    private int left;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            if (left == 0)
            {
                await target.WriteAsync(NoFilter, cancellationToken);
                left = rowLength;
            }

            var taken = Math.Min(left, buffer.Length);
            await target.WriteAsync(buffer[..taken], cancellationToken);
            left -= taken;
            buffer = buffer[taken..];
        }
    }
}
