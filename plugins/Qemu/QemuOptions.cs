using System.Globalization;
using Microsoft.Extensions.Configuration;
using Qubes.Plugins.Qemu.Accelerators;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qemu;

/// <summary>The plugin's section of the configuration, <c>[Qemu]</c>.</summary>
internal sealed record QemuOptions
{
    /// <summary><c>accelerator</c>: <c>auto</c> (default), <c>kvm</c> or <c>tcg</c>.</summary>
    public AcceleratorWish Accelerator { get; init; } = AcceleratorWish.Auto;

    /// <summary><c>program</c>: QEMU itself, an absolute path.</summary>
    public string Program { get; init; } = "/usr/bin/qemu-system-x86_64";

    /// <summary><c>launcher</c>: the machine launcher; by default the one that was installed with the daemon.</summary>
    public required string Launcher { get; init; }

    /// <summary><c>boot-timeout-kvm</c>, seconds from 1 to 3600, by default 20: until the agent must have opened its port.</summary>
    public TimeSpan KvmBootTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary><c>boot-timeout-tcg</c>, by default 60.</summary>
    public TimeSpan TcgBootTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>probe-timeout</c>, by default 5: how long a kernel may take on KVM until KVM counts as broken.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// <c>first-uid</c>, by default 2,000,000,000: machine N runs as user and group first-uid + N when the daemon is root.
    /// </summary>
    public uint FirstUser { get; init; } = 2_000_000_000;

    /// <exception cref="InvalidValueException">A value cannot be used.</exception>
    public static QemuOptions Read(IConfiguration section, QubesPaths paths) => new()
    {
        Accelerator = section["accelerator"] switch
        {
            null or "auto" => AcceleratorWish.Auto,
            "kvm" => AcceleratorWish.Kvm,
            "tcg" => AcceleratorWish.Tcg,
            var other => throw new InvalidValueException($"[Qemu] accelerator={other} is refused: auto, kvm or tcg"),
        },
        Program = AbsolutePath(section, "program", "/usr/bin/qemu-system-x86_64"),
        Launcher = AbsolutePath(section, "launcher", paths.Libexec + "/qubes-machine-launcher"),
        KvmBootTimeout = TimeSpan.FromSeconds(Number(section, "boot-timeout-kvm", 1, 3600, 20)),
        TcgBootTimeout = TimeSpan.FromSeconds(Number(section, "boot-timeout-tcg", 1, 3600, 60)),
        ProbeTimeout = TimeSpan.FromSeconds(Number(section, "probe-timeout", 1, 3600, 5)),
        FirstUser = Number(section, "first-uid", 1000, 4_000_000_000, 2_000_000_000),
    };

    private static string AbsolutePath(IConfiguration section, string key, string otherwise)
    {
        var value = section[key] ?? otherwise;
        return Path.IsPathFullyQualified(value)
            ? value
            : throw new InvalidValueException($"[Qemu] {key}={value} is refused: an absolute path");
    }

    private static uint Number(IConfiguration section, string key, uint minimum, uint maximum, uint otherwise)
    {
        if (section[key] is not { } text)
            return otherwise;
        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= minimum && value <= maximum
            ? value
            : throw new InvalidValueException($"[Qemu] {key}={text} is refused: a number from {minimum} to {maximum}");
    }
}
