namespace Qubes.Sdk.Testing.Storage.Conformance;

/// <summary>A pool breaks a rule of the contract.</summary>
public sealed class StorageRuleException : Exception
{
    /// <summary>Says what was seen and what should have been.</summary>
    public StorageRuleException(string message) : base(message) { }

    /// <summary>The same, with what the pool threw.</summary>
    public StorageRuleException(string message, Exception? cause) : base(message, cause) { }
}
