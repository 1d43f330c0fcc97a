namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>What policy is asked.</summary>
/// <param name="Source">Who calls.</param>
/// <param name="Target">As requested, sanitised; may be empty.</param>
/// <param name="Service">With its argument behind a <c>+</c>, if it has one; sanitised.</param>
internal sealed record CallRequest(CallSource Source, string Target, string Service)
{
    /// <summary>The remote qube that a relay says it speaks for; empty for none (spec: policy, section 7).</summary>
    public string RelayedFor { get; init; } = "";
}
