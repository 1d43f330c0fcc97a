using System.Globalization;

namespace Qubes.Plugins.Templates.Apt;

/// <summary>Estimates how far mmdebstrap is from the lines of dpkg that it passes on.</summary>
internal sealed class BootstrapMeter(int packages, Action<double, string> progress)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public void Read(string line)
    {
        var words = line.Split(' ', 4);
        if (words is not ["Unpacking" or "Setting", ..])
            return;
        var name = words[0] == "Setting" && words.Length > 2 ? words[2] : words.ElementAtOrDefault(1) ?? "";
        if (_seen.Add(words[0] + " " + name.Split(':')[0]))
        {
            var part = Math.Min(1, _seen.Count / (2.0 * Math.Max(1, packages)));
            progress(part, $"{_seen.Count.ToString(CultureInfo.InvariantCulture)} of {2 * packages}: {Printable.Of(words[0] == "Setting" ? "configuring " + name : "unpacking " + name)}");
        }
    }
}
