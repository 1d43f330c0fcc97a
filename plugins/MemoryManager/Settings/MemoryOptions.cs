using System.Globalization;
using Microsoft.Extensions.Configuration;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.MemoryManager.Settings;

/// <summary>The section <c>[MemoryManager]</c> of the daemon's configuration; keys and defaults of qmemman's own (spec: qmemman, section 1).</summary>
internal sealed record MemoryOptions
{
    /// <summary><c>vm-min-mem</c>, default <c>200M</c>, a decimal size: what every guest prefers at least, bytes.</summary>
    public long Floor { get; init; } = 200_000_000;

    /// <summary><c>dom0-mem-boost</c>, default <c>350M</c>, a decimal size: added to what the host prefers, bytes.</summary>
    public long Boost { get; init; } = 350_000_000;

    /// <summary><c>cache-margin-factor</c>, 1.0 to 10.0, default 1.3: preferred for each used byte.</summary>
    public double CacheFactor { get; init; } = 1.3;

    /// <summary><c>host-reserve</c>, default <c>50MiB</c>: host memory that balancing never gives away; a start leaves half of it. Bytes.</summary>
    public long Reserve { get; init; } = 50L << 20;

    /// <exception cref="InvalidValueException">A value cannot be used.</exception>
    public static MemoryOptions Read(IConfiguration section)
    {
        var otherwise = new MemoryOptions();
        return new()
        {
            Floor = Size(section, "vm-min-mem", otherwise.Floor),
            Boost = Size(section, "dom0-mem-boost", otherwise.Boost),
            CacheFactor = Factor(section, "cache-margin-factor", otherwise.CacheFactor),
            Reserve = Size(section, "host-reserve", otherwise.Reserve),
        };
    }

    private static long Size(IConfiguration section, string key, long otherwise)
    {
        if (section[key] is not { } text)
            return otherwise;
        return SizeText.TryParse(text, out var bytes)
            ? bytes
            : throw new InvalidValueException($"[MemoryManager] {key}={text} is refused: a size such as 200M (decimal) or 200MiB (binary)");
    }

    private static double Factor(IConfiguration section, string key, double otherwise)
    {
        if (section[key] is not { } text)
            return otherwise;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 1 and <= 10
            ? value
            : throw new InvalidValueException($"[MemoryManager] {key}={text} is refused: a number from 1.0 to 10.0");
    }
}
