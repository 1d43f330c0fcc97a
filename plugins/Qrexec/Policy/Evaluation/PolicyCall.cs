using Qubes.Policy.Language;

namespace Qubes.Policy.Evaluation;

/// <summary>What a qube asks for.</summary>
public sealed record PolicyCall
{
    /// <param name="source">The calling qube's name.</param>
    /// <param name="service">With its argument behind a <c>+</c>, if it has one.</param>
    /// <param name="target">As requested; empty for none.</param>
    public PolicyCall(string source, string service, string target)
    {
        Source = source;
        Target = target;
        (Service, Argument) = ServiceNames.Cut(service, "+");
    }

    /// <summary>The calling qube's name.</summary>
    public string Source { get; }

    /// <summary>Without the argument.</summary>
    public string Service { get; }

    /// <summary>With its <c>+</c>; that alone if there is none.</summary>
    public string Argument { get; }

    /// <summary>As requested; empty for none.</summary>
    public string Target { get; }

    /// <summary>The remote qube that the source says it speaks for; empty for none (spec: policy, section 7).</summary>
    public string RelayedFor { get; init; } = "";
}
