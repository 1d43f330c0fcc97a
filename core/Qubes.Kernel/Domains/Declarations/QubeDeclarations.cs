using Qubes.Kernel.Domains.Properties;
using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Domains.Declarations;

/// <summary>Which class of qube has which properties.</summary>
internal static class QubeDeclarations
{
    private static readonly PropertyDeclaration<Qube>[] OfEveryMachine =
    [
        .. IdentityDeclarations.All, .. MachineDeclarations.All, .. BootDeclarations.All, .. DeviceDeclarations.All,
        .. NetworkDeclarations.All, .. ReferenceDeclarations.All,
    ];

    private static readonly Dictionary<QubeClass, PropertyTable<Qube>> Tables = new()
    {
        [QubeClass.AdminVM] = new(
        [
            .. IdentityDeclarations.OfTheHost, .. DeviceDeclarations.All, ReferenceDeclarations.DefaultDispvm,
            MachineDeclarations.MaxmemOfTheHost, MachineDeclarations.Updateable,
        ]),
        [QubeClass.TemplateVM] = new([.. OfEveryMachine, BootDeclarations.OfTemplates]),
        [QubeClass.StandaloneVM] = new([.. OfEveryMachine, ReferenceDeclarations.TemplateForDispvms]),
        [QubeClass.AppVM] = new(
            [.. OfEveryMachine, ReferenceDeclarations.TemplateForDispvms, ReferenceDeclarations.TemplateOfAppVm]),
        [QubeClass.DispVM] = new(
            [.. OfEveryMachine, .. DisposableDeclarations.All, ReferenceDeclarations.TemplateOfDispVm]),
        [QubeClass.RemoteVM] = new([.. IdentityDeclarations.All, .. RemoteDeclarations.All]),
    };

    public static PropertyTable<Qube> For(QubeClass @class) => Tables[@class];
}
