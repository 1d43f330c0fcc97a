namespace Qubes.Policy.Language;

/// <summary>A line is wrong; whoever knows the line turns it into a <see cref="Loading.PolicyLoadException"/>.</summary>
internal sealed class PolicySyntaxException(string message) : Exception(message);
