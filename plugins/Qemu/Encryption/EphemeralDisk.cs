using System.Security.Cryptography;
using System.Text;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Qemu.Encryption;

/// <summary>
/// Disks that are encrypted with a key that only the machine's process has: the daemon makes it for one launch, hands it over
/// by the launcher's standard input, and forgets it. When the process ends, what is on the disk can be read by nobody.
/// </summary>
internal static class EphemeralDisk
{
    private const int KeyLength = 32;

    /// <summary>Makes the volume's file an empty encrypted disk of its size.</summary>
    /// <returns>The pass phrase, printable as QEMU wants it.</returns>
    /// <exception cref="QubeException">The volume is not a file for the guest to write to, or it cannot be written.</exception>
    public static byte[] Format(VolumeAttachment disk)
    {
        if (disk is not { IsWritable: true, Layers: [{ Format: "raw" }] } || disk.Volume.SaveOnStop || disk.Volume.SnapOnStart)
            throw new QubeException($"Volume {disk.Volume.Vid} cannot be ephemeral: only a writable volatile volume in one raw file can");
        var passPhrase = Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyLength)));
        try
        {
            using var file = File.OpenHandle(disk.Layers[0].Path, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.SetLength(file, 0);
            RandomAccess.SetLength(file, LuksHeader.Length + (disk.Volume.Size + 511) / 512 * 512);
            RandomAccess.Write(file, LuksHeader.Make(passPhrase), 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QubeException($"Volume {disk.Volume.Vid} cannot be encrypted: {e.Message}");
        }
        return passPhrase;
    }
}
