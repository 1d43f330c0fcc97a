using Qubes.Plugins.Qrexec.Prompting;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Policy;

namespace Qubes.Plugins.Qrexec.Judging;

/// <summary>Those of plugins; this plugin's own terminals come last.</summary>
internal sealed class PolicyPrompts(TerminalPrompts terminals, IExtensions? extensions = null) : IPolicyPrompts
{
    public IEnumerable<IPolicyPrompt> All => (extensions?.All<IPolicyPrompt>() ?? []).Append(terminals);
}
