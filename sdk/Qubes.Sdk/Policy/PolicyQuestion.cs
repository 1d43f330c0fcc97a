namespace Qubes.Sdk.Policy;

/// <summary>What the policy wants the user to decide (spec: policy, section 5). Every text has been chosen by, or for, a guest.</summary>
/// <param name="Source">Who calls.</param>
/// <param name="Service">The service.</param>
/// <param name="Argument">Its argument with the <c>+</c> before it; that alone if there is none.</param>
/// <param name="Targets">What is offered, at least one: qubes by name, <c>dom0</c>, and <c>@dispvm:TEMPLATE</c>.</param>
/// <param name="DefaultTarget">The one to preselect; null for none.</param>
public sealed record PolicyQuestion(
    string Source, string Service, string Argument, IReadOnlyList<string> Targets, string? DefaultTarget);
