using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Qubes.Plugins.Qemu.Encryption;

/// <summary>AES-256 in XTS mode with the sector's number as its tweak (<c>aes-xts-plain64</c>), which .NET has no name for.</summary>
internal static class AesXts
{
    /// <summary>Bytes of a key: one half for the data, the other for the tweaks.</summary>
    public const int KeyLength = 64;

    private const int Block = 16;
    private const byte Feedback = 0x87; // x^128 + x^7 + x^2 + x + 1

    /// <summary>Encrypts whole sectors, counted from 0, in place.</summary>
    public static void Encrypt(ReadOnlySpan<byte> key, Span<byte> data, int sector)
    {
        var tweaks = Tweaks(key[(KeyLength / 2)..], data.Length, sector);
        Xor(data, tweaks);
        using var aes = Aes.Create();
        aes.Key = key[..(KeyLength / 2)].ToArray();
        aes.EncryptEcb(data, data, PaddingMode.None);
        Xor(data, tweaks);
    }

    private static byte[] Tweaks(ReadOnlySpan<byte> key, int length, int sector)
    {
        var tweaks = new byte[length];
        using var aes = Aes.Create();
        aes.Key = key.ToArray();
        Span<byte> tweak = stackalloc byte[Block];
        for (var at = 0; at < length; at += sector)
        {
            tweak.Clear();
            BinaryPrimitives.WriteInt64LittleEndian(tweak, at / sector);
            aes.EncryptEcb(tweak, tweak, PaddingMode.None);
            for (var within = 0; within < sector; within += Block)
            {
                tweak.CopyTo(tweaks.AsSpan(at + within));
                Double(tweak);
            }
        }
        return tweaks;
    }

    private static void Double(Span<byte> tweak)
    {
        var carry = 0;
        for (var i = 0; i < Block; i++)
        {
            var next = tweak[i] >> 7;
            tweak[i] = (byte)((tweak[i] << 1) | carry);
            carry = next;
        }
        if (carry != 0)
            tweak[0] ^= Feedback;
    }

    private static void Xor(Span<byte> target, ReadOnlySpan<byte> other)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] ^= other[i];
    }
}
