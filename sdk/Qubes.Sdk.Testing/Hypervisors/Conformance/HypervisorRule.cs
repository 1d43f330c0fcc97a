namespace Qubes.Sdk.Testing.Hypervisors.Conformance;

/// <summary>One rule of the contract of <see cref="Qubes.Sdk.Hypervisors.IHypervisorDriver"/>.</summary>
/// <param name="Name">What it says, as a sentence.</param>
/// <param name="CheckAsync">Throws when the driver breaks it.</param>
public sealed record HypervisorRule(string Name, Func<CancellationToken, Task> CheckAsync)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
