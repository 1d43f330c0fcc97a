using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Domains.Properties;

/// <summary>
/// Everything that is to be known about one property; reading, setting, cloning, storing and describing it all follow from
/// here. Values are bool, int, string, <see cref="Label"/>, <see cref="IQube"/> or null.
/// </summary>
/// <typeparam name="TOwner">What has the property: a qube, or the system.</typeparam>
internal abstract class PropertyDeclaration<TOwner>(string name, PropertyType type)
{
    public string Name => name;

    public PropertyType Type => type;

    public string Help { get; init; } = "";

    public bool IsCloned { get; init; } = true;

    public SetRule Setting { get; init; } = SetRule.Free;

    /// <summary>The place in lists: by stage, then by name (spec: Admin API, section 6.3).</summary>
    public int Stage { get; init; } = 2;

    /// <summary>Without a default, an unset property reads as none and <c>GetDefault</c> answers nothing.</summary>
    public abstract bool HasDefault { get; }

    public abstract object? DefaultFor(TOwner owner);

    /// <summary>Checks and normalises a new value; throws what the caller is to see.</summary>
    public abstract object? Accept(TOwner owner, object? value);

    /// <summary>Checks before the value is dropped; throws what the caller is to see.</summary>
    public abstract void AcceptReset(TOwner owner);

    public PropertyInfo Info => field ??= new(name, type, Setting != SetRule.Free, IsCloned, Help);
}
