using Microsoft.Extensions.Configuration;
using Qubes.Sdk.Errors;

namespace Qubes.Daemon.Configuration;

/// <summary>The settings of the daemon itself: the section <c>[qubesd]</c>, under what the command line says.</summary>
/// <param name="Hypervisor">The driver's name.</param>
/// <param name="Debug">Log more.</param>
internal sealed record DaemonSettings(string Hypervisor, bool Debug)
{
    /// <summary>The section's name.</summary>
    public const string Section = "qubesd";

    /// <summary>The section's keys.</summary>
    public static readonly IReadOnlyList<string> Keys = ["hypervisor", "debug"];

    private const string DefaultHypervisor = "qemu";

    /// <exception cref="QubesException">A value is not allowed.</exception>
    public static DaemonSettings Of(DaemonOptions options, IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        return new(
            options.Hypervisor ?? section["hypervisor"] ?? DefaultHypervisor,
            options.Debug || IsTrue(section["debug"] ?? "no"));
    }

    private static bool IsTrue(string text) => text switch
    {
        "yes" or "true" or "1" => true,
        "no" or "false" or "0" => false,
        _ => throw new QubesException($"[{Section}] debug is '{text}'; it must be yes or no"),
    };
}
