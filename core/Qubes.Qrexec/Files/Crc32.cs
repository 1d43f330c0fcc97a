namespace Qubes.Qrexec.Files;

/// <summary>The CRC-32 of zlib, PNG and the qfile stream: polynomial 0x04C11DB7, reflected; eight bytes at a time.</summary>
public sealed class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int Step = 8;

    private static readonly uint[] Tables = MakeTables();

    private uint state = uint.MaxValue;

    /// <summary>The sum of everything so far; 0 for nothing.</summary>
    public uint Value => ~state;

    /// <summary>Takes in more bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var crc = state;
        ReadOnlySpan<uint> tables = Tables;
        for (; bytes.Length >= Step; bytes = bytes[Step..])
        {
            crc ^= (uint)(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24));
            crc = tables[0x700 + (int)(crc & 0xff)] ^ tables[0x600 + (int)((crc >> 8) & 0xff)]
                ^ tables[0x500 + (int)((crc >> 16) & 0xff)] ^ tables[0x400 + (int)(crc >> 24)]
                ^ tables[0x300 + bytes[4]] ^ tables[0x200 + bytes[5]] ^ tables[0x100 + bytes[6]] ^ tables[bytes[7]];
        }

        foreach (var octet in bytes)
            crc = (crc >> 8) ^ tables[(int)((crc ^ octet) & 0xff)];
        state = crc;
    }

    /// <summary>The sum of these bytes alone.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = new Crc32();
        crc.Append(bytes);
        return crc.Value;
    }

    // Table n is what a byte does that n more bytes follow.
    private static uint[] MakeTables()
    {
        var tables = new uint[Step * 256];
        for (var i = 0u; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
            tables[i] = value;
        }

        for (var i = 256; i < tables.Length; i++)
            tables[i] = (tables[i - 256] >> 8) ^ tables[(int)(tables[i - 256] & 0xff)];
        return tables;
    }
}
