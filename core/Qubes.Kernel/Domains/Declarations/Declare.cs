using Qubes.Kernel.Domains.Properties;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Domains.Declarations;

/// <summary>The recurring shapes of declarations.</summary>
internal static class Declare
{
    public static Property<Qube, T> Computed<T>(string name, PropertyType type, string help, Func<Qube, T?> value) =>
        new(name, type) { Help = help, Setting = SetRule.Computed, IsCloned = false, Default = value, AllowsNone = true };

    public static Property<Qube, T> Identity<T>(string name, PropertyType type, string help, Func<Qube, T?> value) =>
        new(name, type) { Help = help, Setting = SetRule.Identity, IsCloned = false, Default = value };

    public static Property<Qube, bool> Flag(string name, string help, Func<Qube, bool> value) =>
        new(name, PropertyType.Flag) { Help = help, Default = value };

    public static Property<Qube, int> Positive(string name, string help, Func<Qube, int> value) =>
        new(name, PropertyType.Number) { Help = help, Default = value, Check = (_, n) => RequirePositive(name, n) };

    public static int RequirePositive(string name, int value) =>
        value > 0 ? value : throw new PropertyValueException($"Property '{name}' must be greater than 0, not {value}");

    /// <summary>The value of the same property on the qube's template, or else the system's.</summary>
    public static Func<Qube, T?> FromTemplate<T>(PropertyKey<T> key, Func<Qube, T?> otherwise) =>
        qube => qube.Template is { } template ? template.Properties.Get(key) : otherwise(qube);
}
