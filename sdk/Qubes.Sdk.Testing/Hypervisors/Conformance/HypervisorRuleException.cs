namespace Qubes.Sdk.Testing.Hypervisors.Conformance;

/// <summary>A driver breaks a rule of the contract.</summary>
public sealed class HypervisorRuleException : Exception
{
    /// <summary>Says what was seen and what should have been.</summary>
    public HypervisorRuleException(string message) : base(message) { }

    /// <summary>The same, with what the driver threw.</summary>
    public HypervisorRuleException(string message, Exception? cause) : base(message, cause) { }
}
