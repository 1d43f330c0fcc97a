using Qubes.Kernel.Domains.Properties;
using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Domains.Declarations;

/// <summary>What only disposables have.</summary>
internal static class DisposableDeclarations
{
    public static IEnumerable<PropertyDeclaration<Qube>> All =>
    [
        Declare.Identity("dispid", PropertyType.Number, "Number of the disposable, 0 to 9999.", q => q.Dispid),
        Declare.Flag("auto_cleanup", "Whether the disposable is removed when it stops.", _ => false),
        Declare.Computed("is_preload", PropertyType.Flag, "Whether the disposable is preloaded and nobody has it yet.",
            q => q.IsPreload),
    ];
}
