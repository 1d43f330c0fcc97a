namespace Qubes.Plugins.Preload.Arbitration;

/// <summary>What is to be done next.</summary>
internal abstract record ArbiterStep
{
    private ArbiterStep()
    {
    }

    /// <summary>Give one preload up.</summary>
    /// <param name="Candidate">Its index.</param>
    public sealed record Reclaim(int Candidate) : ArbiterStep;

    /// <summary>Let one pool have one more.</summary>
    /// <param name="Pool">Its index.</param>
    public sealed record Grow(int Pool) : ArbiterStep;

    /// <summary>Look again then, or when the pressure changes.</summary>
    /// <param name="Until">Null: only then.</param>
    public sealed record Wait(DateTimeOffset? Until) : ArbiterStep;

    /// <summary>Every pool may have what it wants.</summary>
    public sealed record Rest : ArbiterStep;
}
