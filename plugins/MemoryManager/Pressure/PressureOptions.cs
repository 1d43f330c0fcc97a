using System.Globalization;
using Microsoft.Extensions.Configuration;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.MemoryManager.Pressure;

/// <summary>What counts as pressure, of the section <c>[MemoryManager]</c>.</summary>
internal sealed record PressureOptions
{
    private const long MiB = 1 << 20;

    /// <summary><c>pressure-low</c>, a size or percents of all memory, default the smaller of 10 % and 1 GiB: less available is tight.</summary>
    public Watermark Low { get; init; } = new(0.10, 1024 * MiB);

    /// <summary><c>pressure-high</c>, likewise, default the smaller of 5 % and 512 MiB: less available is high pressure.</summary>
    public Watermark High { get; init; } = new(0.05, 512 * MiB);

    /// <summary>
    /// <c>pressure-stall</c>, percents, above 0 to 100, default 10: pressure is high when that part of the last ten seconds nothing could
    /// be done for want of memory (the kernel's <c>full avg10</c>).
    /// </summary>
    public double Stall { get; init; } = 10;

    /// <exception cref="InvalidValueException">A value cannot be used.</exception>
    public static PressureOptions Read(IConfiguration section)
    {
        var otherwise = new PressureOptions();
        return new()
        {
            Low = Mark(section, "pressure-low", otherwise.Low),
            High = Mark(section, "pressure-high", otherwise.High),
            Stall = Percent(section, "pressure-stall", otherwise.Stall),
        };
    }

    private static Watermark Mark(IConfiguration section, string key, Watermark otherwise)
    {
        if (section[key] is not { } text)
            return otherwise;
        return Watermark.TryParse(text, out var mark)
            ? mark
            : throw new InvalidValueException($"[MemoryManager] {key}={text} is refused: a size such as 512MiB, or percents such as 5%");
    }

    private static double Percent(IConfiguration section, string key, double otherwise)
    {
        if (section[key] is not { } text)
            return otherwise;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and <= 100
            ? percent
            : throw new InvalidValueException($"[MemoryManager] {key}={text} is refused: percents, above 0 and at most 100");
    }
}
