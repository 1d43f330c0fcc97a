using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.MemoryManager.Balancing;

/// <summary>Whether an administrator has balancing stopped, by a file (spec: qmemman, section 4). Claims and shrinking go on.</summary>
internal sealed class BalanceSwitch(QubesPaths paths)
{
    public bool IsOff => File.Exists(paths.Runtime + "/do-not-membalance");
}
