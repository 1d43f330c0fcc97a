using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Domains.Properties;

/// <summary>A declaration with the value's own type.</summary>
internal sealed class Property<TOwner, T>(string name, PropertyType type) : PropertyDeclaration<TOwner>(name, type)
{
    /// <summary>The value while none is stored; null: the property has no default.</summary>
    public Func<TOwner, T?>? Default { get; init; }

    /// <summary>Unset means none, and that is the default; instead of <see cref="Default"/>.</summary>
    public bool DefaultsToNone { get; init; }

    /// <summary>Returns the value to store, or throws.</summary>
    public Func<TOwner, T, T>? Check { get; init; }

    /// <summary>Called before a reset; throws to refuse it.</summary>
    public Action<TOwner>? CheckReset { get; init; }

    /// <summary>Whether "none" may be stored.</summary>
    public bool AllowsNone { get; init; }

    public override bool HasDefault => Default is not null || DefaultsToNone;

    public override object? DefaultFor(TOwner owner) => Default is null ? null : Default(owner);

    public override object? Accept(TOwner owner, object? value)
    {
        if (value is null)
            return AllowsNone ? null : throw new PropertyValueException($"Property '{Name}' needs a value; none is not accepted");
        if (value is not T typed)
            throw new PropertyValueException($"Property '{Name}' takes a value of type {Type.WireName()}");
        return Check is null ? typed : Check(owner, typed);
    }

    public override void AcceptReset(TOwner owner) => CheckReset?.Invoke(owner);
}
