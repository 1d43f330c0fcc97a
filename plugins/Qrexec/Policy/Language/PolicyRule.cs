namespace Qubes.Policy.Language;

/// <summary>One rule (spec: policy, section 3).</summary>
/// <param name="Service">A name or <c>*</c>.</param>
/// <param name="Argument"><c>*</c>, or <c>+</c> and the argument.</param>
/// <param name="Source">Who calls.</param>
/// <param name="Target">What it asked for.</param>
/// <param name="Action">What then.</param>
/// <param name="Location">Where it stands.</param>
public sealed record PolicyRule(
    string Service, string Argument, PolicyToken Source, PolicyToken Target, PolicyAction Action, PolicyLocation Location)
{
    internal bool TakesArgument(string argument) => Argument == PolicyWords.Any || Argument == argument;
}
