using Qubes.Sdk.Hypervisors;

namespace Qubes.Sdk.Testing.Hypervisors;

/// <summary>A frozen machine of <see cref="SimulatedHypervisor"/>.</summary>
/// <param name="Template">What the driver lists.</param>
/// <param name="Spec">What the machine was made from.</param>
/// <param name="Memory">What its guest remembered.</param>
public sealed record SimulatedTemplate(
    MemoryTemplate Template, MachineSpec Spec, IReadOnlyCollection<KeyValuePair<string, string>> Memory);
