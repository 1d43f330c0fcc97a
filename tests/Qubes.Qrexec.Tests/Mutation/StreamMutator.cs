namespace Qubes.Qrexec.Tests.Mutation;

/// <summary>Spoils streams: single bits, bytes, numbers at their limits, pieces lost, doubled, moved, or cut off.</summary>
internal sealed class StreamMutator(Random random)
{
    private static readonly uint[] Numbers =
        [0, 1, 7, 8, 9, 31, 32, 512, 513, 768, 769, 0x1ff, 4096, 4097, 65535, 65536, 65537, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff];

    public byte[] Mutate(byte[] seed)
    {
        List<byte> bytes = [.. seed];
        for (var changes = random.Next(1, 6); changes > 0 && bytes.Count > 0; changes--)
            Change(bytes);
        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        var at = random.Next(bytes.Count);
        var count = Math.Min(random.Next(1, 64), bytes.Count - at);
        switch (random.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                WriteNumber(bytes, at & ~3);
                break;
            case 3:
                bytes.RemoveRange(at, count);
                break;
            case 4:
                bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, count));
                break;
            case 5:
                var noise = new byte[count];
                random.NextBytes(noise);
                bytes.InsertRange(at, noise);
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }

    private void WriteNumber(List<byte> bytes, int at)
    {
        var number = BitConverter.GetBytes(Numbers[random.Next(Numbers.Length)]);
        for (var i = 0; i < number.Length && at + i < bytes.Count; i++)
            bytes[at + i] = number[i];
    }
}
