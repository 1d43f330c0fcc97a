using System.Security.Cryptography;
using System.Text;
using Qubes.Plugins.Qemu.Processes;

namespace Qubes.Plugins.Qemu.Accelerators;

/// <summary>
/// Remembers on which kernels KVM works, one small file each below the cache directory, named after host kernel, QEMU and guest
/// kernel. That it fails is believed only until the host's next boot, where somebody may have repaired it.
/// </summary>
internal sealed class KvmVerdicts(string directory, string program)
{
    private const string Works = "works";

    /// <summary>True, false, or null when it has to be tried.</summary>
    public bool? Find(string kernel)
    {
        var path = PathFor(kernel);
        if (!File.Exists(path))
            return null;
        var verdict = File.ReadAllText(path);
        if (verdict == Works)
            return true;
        return verdict == ProcessFacts.BootId() ? false : null;
    }

    /// <summary>Keeps what was found.</summary>
    public void Keep(string kernel, bool works)
    {
        Directory.CreateDirectory(directory);
        var path = PathFor(kernel);
        File.WriteAllText(path + ".new", works ? Works : ProcessFacts.BootId());
        File.Move(path + ".new", path, overwrite: true);
    }

    private string PathFor(string kernel)
    {
        var key = $"{Environment.OSVersion.Version}|{File.ReadAllText("/proc/sys/kernel/version")}|{Identity(program)}|{Identity(kernel)}";
        return Path.Combine(directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..32]);
    }

    private static string Identity(string path)
    {
        var file = new FileInfo(path);
        return $"{path} {(file.Exists ? file.Length : -1)} {file.LastWriteTimeUtc.Ticks}";
    }
}
