using Qubes.Kernel.Domains.Labels;
using Qubes.Kernel.Domains.Properties;
using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Domains.Declarations;

/// <summary>Who a qube is and how it looks.</summary>
internal static class IdentityDeclarations
{
    /// <summary>What every class has.</summary>
    public static IEnumerable<PropertyDeclaration<Qube>> All =>
    [
        Declare.Identity("name", PropertyType.Text, "Name of the qube.", q => q.Name),
        Declare.Identity("qid", PropertyType.Number, "Number of the qube, 0 for the host.", q => q.Qid),
        Declare.Identity("uuid", PropertyType.Text, "Identity of the qube, unique over time.", q => q.Uuid.ToString()),
        .. OfAnyClass,
        new Property<Qube, Label>("label", PropertyType.Label) { Help = LabelHelp },
    ];

    /// <summary>The host's own are fixed for ever, and not by its creation.</summary>
    public static IEnumerable<PropertyDeclaration<Qube>> OfTheHost =>
    [
        Declare.Computed("name", PropertyType.Text, "Name of the host's entry.", q => q.Name),
        Declare.Computed("qid", PropertyType.Number, "Number of the host's entry: 0.", q => q.Qid),
        Declare.Computed("uuid", PropertyType.Text, "Identity of the host's entry: all zero.", q => q.Uuid.ToString()),
        .. OfAnyClass,
        new Property<Qube, Label>("label", PropertyType.Label) { Help = LabelHelp, Default = _ => BuiltInLabels.Black },
    ];

    private const string LabelHelp = "Colour that shows how far the qube is trusted.";

    private static IEnumerable<PropertyDeclaration<Qube>> OfAnyClass =>
    [
        Declare.Computed("klass", PropertyType.Text, "Class of the qube.", q => q.Class.ToString()),
        Declare.Computed("icon", PropertyType.Text, "Name of the qube's icon.", Icon),
        Declare.Flag("include_in_backups", "Whether backups take the qube by default.", IsInBackups),
    ];

    private static bool IsInBackups(Qube qube) => qube.Class switch
    {
        QubeClass.RemoteVM => false,
        QubeClass.DispVM => !qube.Properties.Get(QubeProperties.AutoCleanup),
        _ => true,
    };

    // The first rule that fits wins (spec: domain model, section 3.1).
    private static string Icon(Qube qube)
    {
        if (qube.Class == QubeClass.AdminVM)
            return "adminvm-black";
        var label = qube.Properties.Get(QubeProperties.Label);
        var isSystemImage = qube.Class == QubeClass.TemplateVM ||
            (qube.Class == QubeClass.AppVM && qube.Properties.Get(QubeProperties.TemplateForDispvms));
        var isService = qube.Features.GetValueOrDefault("servicevm") is { Length: > 0 };
        var kind = isSystemImage ? "templatevm" : isService ? "servicevm" : qube.Class switch
        {
            QubeClass.DispVM => "dispvm",
            QubeClass.StandaloneVM => "standalonevm",
            QubeClass.RemoteVM => "remotevm",
            _ => "appvm",
        };
        return $"{kind}-{label}";
    }
}
