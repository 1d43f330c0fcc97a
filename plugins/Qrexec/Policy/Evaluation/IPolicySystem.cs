using System.Diagnostics.CodeAnalysis;

namespace Qubes.Policy.Evaluation;

/// <summary>The qubes there are. Must not change while a call is evaluated.</summary>
public interface IPolicySystem
{
    /// <summary>All, the host's own entry included.</summary>
    IEnumerable<IPolicyQube> Qubes { get; }

    /// <summary>The qube of that name, or of <c>uuid:</c> and its uuid in lower case. False for any other text.</summary>
    bool TryFind(string nameOrUuid, [NotNullWhen(true)] out IPolicyQube? qube);
}
