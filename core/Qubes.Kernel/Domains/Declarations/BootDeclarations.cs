using Qubes.Kernel.Domains.Properties;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Domains.Declarations;

/// <summary>What a qube's machine boots, and how (spec: domain model, section 3.1).</summary>
internal static class BootDeclarations
{
    private const int MaxKernelOptions = 512;
    private const string OptionsOfMode = "boot-mode.kernelopts.";
    private const string DefaultMode = "default";

    private static readonly PropertyKey<string> ModeOfAppVms = new("appvm_default_bootmode");

    public static IEnumerable<PropertyDeclaration<Qube>> All =>
    [
        new Property<Qube, string>("kernel", PropertyType.Text)
        {
            Help = "Directory of the kernel below the kernels' directory.",
            Default = Declare.FromTemplate(QubeProperties.Kernel, q => q.Qubes.System.Get(SystemProperties.DefaultKernel)),
            Check = (q, kernel) => kernel.Length == 0 ? kernel : q.Qubes.RequireKernel("kernel", kernel),
        },
        new Property<Qube, string>("kernelopts", PropertyType.Text)
        {
            Help = "The guest kernel's command line.",
            Stage = 4,
            Default = Options,
            Check = (_, text) => text.Length <= MaxKernelOptions
                ? text
                : throw new PropertyValueException($"Property 'kernelopts' takes at most {MaxKernelOptions} characters, not {text.Length}"),
        },
        new Property<Qube, string>("bootmode", PropertyType.Text)
        {
            Help = "Named set of kernel options, as features boot-mode.kernelopts.NAME define them.",
            Stage = 4,
            Default = Mode,
        },
        new Property<Qube, string>("virt_mode", PropertyType.Text)
        {
            Help = "Kind of virtualisation: hvm, pv or pvh.",
            Default = Declare.FromTemplate(new PropertyKey<string>("virt_mode"), _ => "pvh"),
            Check = (_, mode) => mode.ToLowerInvariant() is "hvm" or "pv" or "pvh"
                ? mode.ToLowerInvariant()
                : throw new PropertyValueException($"Property 'virt_mode' is hvm, pv or pvh, not '{mode}'"),
        },
    ];

    /// <summary>What templates have for the qubes based on them.</summary>
    public static PropertyDeclaration<Qube> OfTemplates { get; } = new Property<Qube, string>(ModeOfAppVms.Name, PropertyType.Text)
    {
        Help = "Boot mode of qubes based on this one that choose none.",
        Stage = 4,
        Default = q => q.Features.GetValueOrDefault("boot-mode.appvm-default") is { Length: > 0 } mode ? mode : DefaultMode,
    };

    private static string? Options(Qube qube)
    {
        if (string.IsNullOrEmpty(qube.Properties.Get(QubeProperties.Kernel)))
            return "";
        return qube.Template is { } template
            ? template.Properties.Get(QubeProperties.Kernelopts)
            : qube.Qubes.DefaultKernelOptions(qube.Properties.Get(QubeProperties.Kernel)!);
    }

    private static string Mode(Qube qube)
    {
        if (qube.Features.GetValueOrDefault("boot-mode.active") is { } active && Exists(qube, active))
            return active;
        for (var at = qube.Template; at is not null; at = at.Template)
        {
            if (at.Class == QubeClass.TemplateVM && at.Properties.Get(ModeOfAppVms) is { } mode && Exists(at, mode))
                return mode;
        }
        return DefaultMode;
    }

    private static bool Exists(Qube qube, string mode) =>
        mode == DefaultMode || qube.Features.CheckWithTemplate(OptionsOfMode + mode) is not null;
}
