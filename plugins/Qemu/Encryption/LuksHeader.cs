using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Qubes.Plugins.Qemu.Encryption;

/// <summary>
/// Makes a file an empty LUKS volume, version 1, the kind that QEMU opens. The pass phrase is as strong as a key, so that it is
/// stretched no more than the format demands: 10 ms instead of the second that <c>qemu-img</c> takes to find a cost.
/// <code>
/// header, big-endian                             key slot, 48 bytes, 8 of them from 208
///   0 magic 'LUKS' ba be, u16 version 1            0 u32 active 00ac71f3, or 0000dead
///   8 char[32] cipher "aes"                        4 u32 PBKDF2 iterations
///  40 char[32] mode "xts-plain64"                  8 salt, 32 bytes
///  72 char[32] hash "sha256"                      40 u32 key material, sector
/// 104 u32 payload, sector                         44 u32 stripes 4000
/// 108 u32 bytes of the master key 64
/// 112 digest of the master key, 20 bytes         key material: the master key split into 4000 stripes (each random but
/// 132 its salt, 32 bytes                         the last, which gives the key when all are mixed), AES-XTS with the
/// 164 u32 its iterations                         stretched pass phrase, sectors counted from 0
/// 168 char[40] UUID
/// </code>
/// </summary>
internal static class LuksHeader
{
    private const int Sector = 512;
    private const int SaltLength = 32;
    private const int DigestLength = 20;
    private const int Iterations = 1000;
    private const int Stripes = 4000;
    private const int Slots = 8;
    private const int FirstSlot = 208;
    private const int SlotLength = 48;
    private const int FirstMaterial = 8; // sectors
    private const int MaterialStep = 504; // 4000 stripes of 64 bytes, up to a page
    private const int Payload = 4096;

    /// <summary>Bytes in front of the disk's content.</summary>
    public const long Length = (long)Payload * Sector;

    /// <summary>The header for a new master key, which nobody keeps.</summary>
    public static byte[] Make(ReadOnlySpan<byte> passPhrase)
    {
        var header = new byte[(FirstMaterial + MaterialStep) * Sector];
        var masterKey = RandomNumberGenerator.GetBytes(AesXts.KeyLength);
        "LUKS"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), 0xbabe0001);
        "aes"u8.CopyTo(header.AsSpan(8));
        "xts-plain64"u8.CopyTo(header.AsSpan(40));
        "sha256"u8.CopyTo(header.AsSpan(72));
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(104), Payload);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(108), masterKey.Length);
        RandomNumberGenerator.Fill(header.AsSpan(132, SaltLength));
        Rfc2898DeriveBytes.Pbkdf2(
            masterKey, header.AsSpan(132, SaltLength), header.AsSpan(112, DigestLength), Iterations, HashAlgorithmName.SHA256);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(164), Iterations);
        System.Text.Encoding.ASCII.GetBytes(Guid.NewGuid().ToString(), header.AsSpan(168));
        for (var i = 0; i < Slots; i++)
            WriteSlot(header.AsSpan(FirstSlot + i * SlotLength, SlotLength), i);
        WriteMaterial(header, masterKey, passPhrase);
        CryptographicOperations.ZeroMemory(masterKey);
        return header;
    }

    private static void WriteSlot(Span<byte> slot, int index)
    {
        BinaryPrimitives.WriteUInt32BigEndian(slot, index == 0 ? 0x00ac71f3 : 0x0000deadU);
        BinaryPrimitives.WriteInt32BigEndian(slot[4..], index == 0 ? Iterations : 0);
        if (index == 0)
            RandomNumberGenerator.Fill(slot.Slice(8, SaltLength));
        BinaryPrimitives.WriteInt32BigEndian(slot[40..], FirstMaterial + index * MaterialStep);
        BinaryPrimitives.WriteInt32BigEndian(slot[44..], Stripes);
    }

    private static void WriteMaterial(byte[] header, byte[] masterKey, ReadOnlySpan<byte> passPhrase)
    {
        var material = header.AsSpan(FirstMaterial * Sector, Stripes * masterKey.Length);
        Split(masterKey, material);
        Span<byte> key = stackalloc byte[AesXts.KeyLength];
        Rfc2898DeriveBytes.Pbkdf2(
            passPhrase, header.AsSpan(FirstSlot + 8, SaltLength), key, Iterations, HashAlgorithmName.SHA256);
        AesXts.Encrypt(key, material, Sector);
        CryptographicOperations.ZeroMemory(key);
    }

    private static void Split(ReadOnlySpan<byte> key, Span<byte> stripes)
    {
        Span<byte> mixed = stackalloc byte[key.Length];
        mixed.Clear();
        RandomNumberGenerator.Fill(stripes[..^key.Length]);
        for (var at = 0; at < stripes.Length - key.Length; at += key.Length)
        {
            Xor(mixed, stripes.Slice(at, key.Length));
            Diffuse(mixed);
        }
        Xor(mixed, key);
        mixed.CopyTo(stripes[^key.Length..]);
    }

    private static void Diffuse(Span<byte> block)
    {
        Span<byte> input = stackalloc byte[sizeof(int) + SHA256.HashSizeInBytes];
        for (var i = 0; i * SHA256.HashSizeInBytes < block.Length; i++)
        {
            var part = block.Slice(i * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes);
            BinaryPrimitives.WriteInt32BigEndian(input, i);
            part.CopyTo(input[sizeof(int)..]);
            SHA256.HashData(input, part);
        }
    }

    private static void Xor(Span<byte> target, ReadOnlySpan<byte> other)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] ^= other[i];
    }
}
