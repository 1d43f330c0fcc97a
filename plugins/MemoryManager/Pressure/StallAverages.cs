using System.Text;

namespace Qubes.Plugins.MemoryManager.Pressure;

/// <summary>The kernel's account of what waits for memory (pressure stall information).</summary>
internal sealed class StallAverages(string path = StallAverages.OfHost)
{
    public const string OfHost = "/proc/pressure/memory";

    /// <summary>As <see cref="StallText.FullOfTenSeconds"/>; null also where the kernel has no such file, or lets nobody read it.</summary>
    public double? Read()
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var bytes = new byte[StallText.MostBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length <= StallText.MostBytes ? StallText.FullOfTenSeconds(Encoding.ASCII.GetString(bytes, 0, length)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A kernel without it, or one that was told to leave it off (EOPNOTSUPP when read).
            return null;
        }
    }
}
