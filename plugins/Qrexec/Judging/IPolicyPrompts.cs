using Qubes.Sdk.Policy;

namespace Qubes.Plugins.Qrexec.Judging;

/// <summary>The prompts there are now.</summary>
internal interface IPolicyPrompts
{
    /// <summary>In the order they are tried.</summary>
    IEnumerable<IPolicyPrompt> All { get; }
}
