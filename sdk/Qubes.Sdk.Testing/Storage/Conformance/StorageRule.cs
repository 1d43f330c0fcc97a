namespace Qubes.Sdk.Testing.Storage.Conformance;

/// <summary>One rule of the contract of <see cref="Qubes.Sdk.Storage.IStoragePool"/>.</summary>
/// <param name="Name">What it says, as a sentence.</param>
/// <param name="CheckAsync">Throws when the pool breaks it.</param>
public sealed record StorageRule(string Name, Func<CancellationToken, Task> CheckAsync)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
