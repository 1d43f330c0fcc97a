using System.Globalization;
using Microsoft.Extensions.Configuration;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Cloning.Settings;

/// <summary>The section <c>[Cloning]</c> of the daemon's configuration.</summary>
internal sealed record CloningOptions
{
    private const long MiB = 1 << 20;

    /// <summary><c>build</c>: <c>auto</c> (default), after the first disposable of a template was booted; or <c>manual</c>.</summary>
    public bool BuildsByItself { get; init; } = true;

    /// <summary><c>build-delay</c>, seconds, 0 to 3600, default 3: how long nobody must have requested a disposable, and none worked.</summary>
    public TimeSpan BuildDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary><c>reserve</c>, 0 to 16, default 1: hypervisor processes that are kept ready for each template in use.</summary>
    public int Reserve { get; init; } = 1;

    /// <summary>
    /// <c>rehearse</c>: <c>yes</c> (default), processes that are kept ready have gone once through what a request makes them do, where the
    /// driver gains from that, and hold the memory that this takes; or <c>no</c>, they are empty.
    /// </summary>
    public bool Rehearses { get; init; } = true;

    /// <summary><c>budget</c>, MiB, 0 to 1,048,576, default 2048: what all memory templates may take, memory and disk together.</summary>
    public long BudgetBytes { get; init; } = 2048 * MiB;

    /// <exception cref="InvalidValueException">A value cannot be used.</exception>
    public static CloningOptions Read(IConfiguration section) => new()
    {
        BuildsByItself = section["build"] switch
        {
            null or "auto" => true,
            "manual" => false,
            var other => throw new InvalidValueException($"[Cloning] build={other} is refused: auto or manual"),
        },
        BuildDelay = TimeSpan.FromSeconds(Number(section, "build-delay", 3600, 3)),
        Reserve = Number(section, "reserve", 16, 1),
        Rehearses = section["rehearse"] switch
        {
            null or "yes" => true,
            "no" => false,
            var other => throw new InvalidValueException($"[Cloning] rehearse={other} is refused: yes or no"),
        },
        BudgetBytes = Number(section, "budget", 1 << 20, 2048) * MiB,
    };

    private static int Number(IConfiguration section, string key, int most, int otherwise)
    {
        if (section[key] is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= most
            ? value
            : throw new InvalidValueException($"[Cloning] {key}={text} is refused: a whole number from 0 to {most}");
    }
}
