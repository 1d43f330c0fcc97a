namespace Qubes.Sdk.Domains;

/// <summary>A property's type on the wire.</summary>
public enum PropertyType
{
    /// <summary><c>str</c></summary>
    Text,

    /// <summary><c>int</c></summary>
    Number,

    /// <summary><c>bool</c></summary>
    Flag,

    /// <summary><c>vm</c>: the name of a qube, or nothing.</summary>
    Qube,

    /// <summary><c>label</c></summary>
    Label,
}

/// <summary>How a <see cref="PropertyType"/> is written.</summary>
public static class PropertyTypeNames
{
    /// <summary>The wire's word for the type: <c>str</c>, <c>int</c>, <c>bool</c>, <c>vm</c> or <c>label</c>.</summary>
    public static string WireName(this PropertyType type) => type switch
    {
        PropertyType.Text => "str",
        PropertyType.Number => "int",
        PropertyType.Flag => "bool",
        PropertyType.Qube => "vm",
        PropertyType.Label => "label",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
