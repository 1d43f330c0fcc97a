using Qubes.Kernel.Domains.Properties;
using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Domains.Declarations;

/// <summary>Who a qube is and how it looks.</summary>
internal static class IdentityDeclarations
{
    public static IEnumerable<PropertyDeclaration<Qube>> All =>
    [
        Declare.Identity("name", PropertyType.Text, "Name of the qube.", q => q.Name),
        Declare.Identity("qid", PropertyType.Number, "Number of the qube, 0 for the host.", q => q.Qid),
        Declare.Identity("uuid", PropertyType.Text, "Identity of the qube, unique over time.", q => q.Uuid.ToString()),
        Declare.Computed("klass", PropertyType.Text, "Class of the qube.", q => q.Class.ToString()),
        Declare.Computed("icon", PropertyType.Text, "Name of the qube's icon.", Icon),
        new Property<Qube, Label>("label", PropertyType.Label)
        {
            Help = "Colour that shows how far the qube is trusted.",
            Default = q => q.Class == QubeClass.AdminVM ? q.Qubes.Labels[^1] : null,
        },
        new Property<Qube, bool>("include_in_backups", PropertyType.Flag)
        {
            Help = "Whether backups take the qube by default.",
            Default = q => q.Class != QubeClass.DispVM || !q.Properties.Get(QubeProperties.AutoCleanup),
        },
    ];

    // The first rule that fits wins (spec: domain model, section 3.1).
    private static string Icon(Qube qube)
    {
        if (qube.Class == QubeClass.AdminVM)
            return "adminvm-black";
        var label = qube.Properties.Get(QubeProperties.Label);
        var isSystemImage = qube.Class == QubeClass.TemplateVM ||
            (qube.Class == QubeClass.AppVM && qube.Properties.Get(QubeProperties.TemplateForDispvms));
        var isService = qube.Features.GetValueOrDefault("servicevm") is { Length: > 0 };
        var kind = isSystemImage ? "templatevm"
            : isService ? "servicevm"
            : qube.Class == QubeClass.DispVM ? "dispvm"
            : qube.Class == QubeClass.StandaloneVM ? "standalonevm"
            : "appvm";
        return $"{kind}-{label}";
    }
}
