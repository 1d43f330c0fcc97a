using System.Globalization;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.MemoryManager.Balancing;

/// <summary>Tells other programs what could be given to new qubes: bytes, which may be negative (spec: qmemman, section 4, step 6).</summary>
internal sealed class AvailableFile(QubesPaths paths, ILogger<AvailableFile> log)
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string path = paths.Runtime + "/qmemman-avail-mem";
    private long? written;

    /// <summary>Replaces the file, where the number is another one.</summary>
    public void Write(long bytes)
    {
        if (bytes == written)
            return;
        try
        {
            Directory.CreateDirectory(paths.Runtime);
            File.WriteAllText(path + ".tmp", bytes.ToString(CultureInfo.InvariantCulture));
            File.SetUnixFileMode(path + ".tmp", Mode);
            File.Move(path + ".tmp", path, overwrite: true);
            written = bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.AvailableNotWritten(log, path, e.Message);
        }
    }

    /// <summary>What is written is not true for long once nobody looks.</summary>
    public void Remove()
    {
        if (File.Exists(path))
            File.Delete(path);
    }
}
