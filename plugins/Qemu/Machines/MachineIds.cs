using System.Globalization;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Machines;

/// <summary>
/// Counts machines since the host's boot: the number lies in the runtime directory, whose life is the same. It is written down
/// before it is used, so that a crash skips a number and never repeats one.
/// </summary>
internal sealed class MachineIds(string path)
{
    private readonly Lock guard = new();

    /// <summary>A number never given before, from 1.</summary>
    /// <exception cref="QubeException">The file is damaged: guessing might repeat a number.</exception>
    public int Next()
    {
        lock (guard)
        {
            var last = 0;
            if (File.Exists(path)
                && (!int.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out last)
                    || last == int.MaxValue))
            {
                throw new QubeException($"{path} does not hold the number of the last machine; stop all qubes and delete it");
            }
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path + ".new", (last + 1).ToString(CultureInfo.InvariantCulture));
            File.Move(path + ".new", path, overwrite: true);
            return last + 1;
        }
    }
}
