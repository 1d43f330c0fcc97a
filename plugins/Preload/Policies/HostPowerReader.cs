using System.Globalization;
using Qubes.Sdk.Disposables;

namespace Qubes.Plugins.Preload.Policies;

// DIRECTORY/*/{type,scope,online,status,capacity}: one word each (Linux, Documentation/ABI/testing/sysfs-class-power)
/// <summary>Reads where the host has its power from.</summary>
internal sealed class HostPowerReader(string directory = "/sys/class/power_supply")
{
    private const int MostCharacters = 64;

    /// <summary>Mains where nobody can say. Quick, but for any thread but the kernel loop's.</summary>
    public HostPower Read()
    {
        if (!Directory.Exists(directory))
            return default;
        var supplies = Directory.EnumerateFileSystemEntries(directory).ToList();
        // A mouse's battery, say, powers no host.
        var batteries = supplies.Where(s => Word(s, "type") == "Battery" && Word(s, "scope") != "Device").ToList();
        var hasMains = supplies.Any(s => Word(s, "type") is "Mains" or "USB" && Word(s, "online") == "1");
        var percents = batteries.Select(b => Percent(Word(b, "capacity"))).OfType<int>().ToList();
        return new(
            batteries.Any(b => Word(b, "status") == "Discharging") && !hasMains,
            percents.Count == 0 ? null : (int)percents.Average());
    }

    private static int? Percent(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var percent) && percent <= 100 ? percent : null;

    private static string Word(string supply, string name)
    {
        var path = Path.Combine(supply, name);
        try
        {
            return File.Exists(path) && File.ReadAllText(path) is { Length: <= MostCharacters } text ? text.Trim() : "";
        }
        catch (IOException)
        {
            // A device that is being unplugged answers with ENODEV.
            return "";
        }
    }
}
