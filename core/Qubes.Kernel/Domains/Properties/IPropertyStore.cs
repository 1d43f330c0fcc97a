namespace Qubes.Kernel.Domains.Properties;

/// <summary>Where one owner's explicit values are kept.</summary>
internal interface IPropertyStore
{
    /// <summary>Keeps a value; null is an explicit none.</summary>
    void Put(string name, string? text);

    void Delete(string name);
}
