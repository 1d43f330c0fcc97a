using System.Security.Cryptography;
using System.Text;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Cloning.Keys;

/// <summary>
/// Names everything that a copy has in common with what it is copied from: SHA-256 over the driver's own key of the machine, the
/// disposable template (memory is never shared across templates), each volume's kind, size, pool and source content, and the warm-up
/// recipe. Whatever differs gives another key, and no memory template is found.
/// </summary>
internal static class ContentKey
{
    private const string Version = "1";

    /// <summary>What a machine of the disposable is frozen as: nothing in it says whose it is.</summary>
    public static MachineSpec Neutral(MachineSpec spec) => spec with
    {
        IsFreezable = true,
        GuestParameters = new Dictionary<string, string>(spec.GuestParameters) { ["name"] = "disposable" },
    };

    /// <summary>64 hexadecimal digits. On the kernel loop.</summary>
    /// <exception cref="Sdk.Errors.QubeException">A machine like this cannot be frozen.</exception>
    public static async Task<string> OfAsync(
        ICloningDriver driver, IQube disposable, MachineSpec spec, IReadOnlyList<string> recipe, CancellationToken cancel)
    {
        var text = new StringBuilder();
        Add(text, "version", Version);
        Add(text, "template", disposable.Template!.Uuid.ToString("D"));
        foreach (var volume in disposable.Volumes)
            Add(text, "volume", Describe(volume));
        foreach (var service in recipe)
            Add(text, "warm-up", service);
        Add(text, "driver", driver.Name);
        Add(text, "machine", await driver.KeyOfAsync(Neutral(spec), cancel));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Describe(Volume volume)
    {
        var kind = (volume.SnapOnStart ? "s" : "-") + (volume.SaveOnStop ? "k" : "-") + (volume.IsWritable ? "w" : "-") + (volume.IsEphemeral ? "e" : "-");
        var content = volume.Source is { } source ? $"{source.Vid} {source.Pool.Revision(source)}" : "";
        var fixedContent = volume is { IsWritable: false, Source: null } ? volume.Vid : "";
        return $"{volume.Name} {kind} {volume.Size} {volume.Pool.Configuration.Name} {content} {fixedContent}";
    }

    // Values hold no line feed: names, numbers and services.
    private static void Add(StringBuilder text, string name, string value) => text.Append(name).Append('=').Append(value).Append('\n');
}
