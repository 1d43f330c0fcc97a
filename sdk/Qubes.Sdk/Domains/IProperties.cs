using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Domains;

/// <summary>One declared property as tools see it.</summary>
/// <param name="Name">As on the wire.</param>
/// <param name="Type">As on the wire.</param>
/// <param name="IsReadOnly">Computed; setting it is refused.</param>
/// <param name="IsCloned">Copied when a qube is made from another.</param>
/// <param name="Help">One or more lines for people.</param>
public sealed record PropertyInfo(string Name, PropertyType Type, bool IsReadOnly, bool IsCloned, string Help);

/// <summary>A property's value as text.</summary>
/// <param name="Type">As on the wire.</param>
/// <param name="Text">True/False, a decimal number, a name, or any text; empty for none.</param>
/// <param name="IsDefault">No explicit value is stored.</param>
public sealed record PropertyText(PropertyType Type, string Text, bool IsDefault);

/// <summary>The declared properties of a qube or of the system. Used on the kernel loop.</summary>
public interface IProperties
{
    /// <summary>All declared ones in wire order (spec: Admin API, section 6.3).</summary>
    IReadOnlyList<PropertyInfo> Declared { get; }

    /// <summary>The value, explicit or default.</summary>
    /// <exception cref="NoSuchPropertyException">Not declared for this class, or of another type.</exception>
    T? Get<T>(PropertyKey<T> key);

    /// <summary>Whether no explicit value is stored.</summary>
    /// <exception cref="NoSuchPropertyException">Not declared for this class.</exception>
    bool IsDefault(string name);

    /// <summary>Sets an explicit value: validates, fires the pre-event, stores, fires the event.</summary>
    /// <exception cref="PropertyValueException">The declaration refuses the value.</exception>
    /// <exception cref="QubesException">A handler of the pre-event vetoes.</exception>
    void Set<T>(PropertyKey<T> key, T? value);

    /// <summary>Back to the default, with its events.</summary>
    void Reset(string name);

    /// <summary>The declaration of that name.</summary>
    /// <exception cref="NoSuchPropertyException">Not declared for this class.</exception>
    PropertyInfo Find(string name);

    /// <summary>The value as text.</summary>
    /// <exception cref="NoSuchPropertyException">Not declared for this class.</exception>
    PropertyText Read(string name);

    /// <summary>The default as text; null where there is none.</summary>
    /// <exception cref="NoSuchPropertyException">Not declared for this class.</exception>
    PropertyText? ReadDefault(string name);

    /// <summary>Parses text from a client and sets the property.</summary>
    /// <exception cref="NoSuchPropertyException">Not declared for this class.</exception>
    /// <exception cref="InvalidValueException">The text is not of the property's type, or refused.</exception>
    void Write(string name, string text);
}
