using Qubes.Kernel.Domains.Properties;
using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Domains.Declarations;

/// <summary>Which class of qube has which properties.</summary>
internal static class QubeDeclarations
{
    private static readonly string[] OfTheHost =
        ["name", "qid", "uuid", "label", "klass", "icon", "include_in_backups", "default_dispvm", "updateable"];

    private static readonly PropertyDeclaration<Qube>[] OfEveryMachine =
    [
        .. IdentityDeclarations.All, .. MachineDeclarations.All, .. NetworkDeclarations.All, .. ReferenceDeclarations.All,
    ];

    private static readonly Dictionary<QubeClass, PropertyTable<Qube>> Tables = new()
    {
        [QubeClass.AdminVM] = new(OfEveryMachine.Where(d => OfTheHost.Contains(d.Name))),
        [QubeClass.TemplateVM] = new(OfEveryMachine),
        [QubeClass.StandaloneVM] = new([.. OfEveryMachine, ReferenceDeclarations.TemplateForDispvms]),
        [QubeClass.AppVM] = new(
            [.. OfEveryMachine, ReferenceDeclarations.TemplateForDispvms, ReferenceDeclarations.TemplateOfAppVm]),
        [QubeClass.DispVM] = new(
            [.. OfEveryMachine, .. DisposableDeclarations.All, ReferenceDeclarations.TemplateOfDispVm]),
    };

    public static PropertyTable<Qube> For(QubeClass @class) => Tables[@class];
}
