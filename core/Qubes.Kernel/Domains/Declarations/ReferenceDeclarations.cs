using Qubes.Kernel.Domains.Properties;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Domains.Declarations;

/// <summary>Properties that name other qubes.</summary>
internal static class ReferenceDeclarations
{
    public static readonly PropertyKey<IQube> Guivm = new("guivm");
    public static readonly PropertyKey<IQube> Audiovm = new("audiovm");

    public static IEnumerable<PropertyDeclaration<Qube>> All =>
    [
        DefaultDispvm,
        Reference("management_dispvm", "Disposable template that manages the qube.",
            Declare.FromTemplate(new PropertyKey<IQube>("management_dispvm"), q => q.Qubes.System.Get(SystemDeclarations.ManagementDispvm)),
            RequireDisposableTemplate("management_dispvm")),
        Reference(Guivm.Name, "Qube that shows this one's windows.", q => q.Qubes.System.Get(SystemDeclarations.DefaultGuivm)),
        Reference(Audiovm.Name, "Qube that plays this one's sound.", q => q.Qubes.System.Get(SystemDeclarations.DefaultAudiovm)),
        new Property<Qube, IQube>("netvm", PropertyType.Qube)
        {
            Help = "Qube that provides the network; none: no network.",
            Stage = 4,
            AllowsNone = true,
            Default = DefaultNetvm,
            Check = (qube, target) => RequireNetwork(qube, RequireLocal("netvm", target)),
            CheckReset = qube => RequireNoLoop(qube, DefaultNetvm(qube)),
        },
    ];

    /// <summary>What the host has, too.</summary>
    public static PropertyDeclaration<Qube> DefaultDispvm { get; } = Reference(
        "default_dispvm", "Disposable template for calls that name none.",
        q => q.Class == QubeClass.DispVM ? q.Template : q.Qubes.System.Get(SystemProperties.DefaultDispvm),
        RequireDisposableTemplate("default_dispvm"));

    public static PropertyDeclaration<Qube> TemplateOfAppVm { get; } = Template(
        template => template.Class == QubeClass.TemplateVM, "be a TemplateVM");

    public static PropertyDeclaration<Qube> TemplateOfDispVm { get; } = Template(
        template => IsDisposableTemplate(template), "have template_for_dispvms set");

    public static PropertyDeclaration<Qube> TemplateForDispvms { get; } =
        new Property<Qube, bool>("template_for_dispvms", PropertyType.Flag)
        {
            Help = "Whether disposables may be based on the qube.",
            Default = _ => false,
            Check = (qube, value) =>
            {
                if (!value)
                    QubeReferences.RequireNoDisposables(qube, qube.Qubes);
                return value;
            },
            CheckReset = qube => QubeReferences.RequireNoDisposables(qube, qube.Qubes),
        };

    public static bool IsDisposableTemplate(IQube qube) =>
        qube.Class is QubeClass.AppVM or QubeClass.StandaloneVM && qube.Properties.Get(QubeProperties.TemplateForDispvms);

    public static IQube RequireDisposableTemplateFor(string property, IQube value) =>
        IsDisposableTemplate(value)
            ? value
            : throw new PropertyValueException(
                $"Property '{property}' takes a disposable template, and '{value.Name}' does not have template_for_dispvms set");

    private static Func<Qube, IQube, IQube> RequireDisposableTemplate(string property) =>
        (_, value) => RequireDisposableTemplateFor(property, value);

    public static Property<Qube, IQube> Reference(
        string name, string help, Func<Qube, IQube?> value, Func<Qube, IQube, IQube>? check = null) =>
        new(name, PropertyType.Qube)
        {
            Help = help,
            Stage = 4,
            Default = value,
            AllowsNone = true,
            Check = (qube, target) => check is null ? RequireLocal(name, target) : check(qube, RequireLocal(name, target)),
        };

    /// <exception cref="PropertyValueException">The qube is another host's.</exception>
    public static IQube RequireLocal(string property, IQube value) =>
        value.Class != QubeClass.RemoteVM
            ? value
            : throw new PropertyValueException($"Property '{property}' takes a qube of this host, and '{value.Name}' is remote");

    private static Property<Qube, IQube> Template(Func<IQube, bool> accepts, string demand) =>
        new("template", PropertyType.Qube)
        {
            Help = "Qube that this one is based on.",
            Stage = 4,
            Check = (qube, value) =>
            {
                if (!accepts(value))
                    throw new PropertyValueException($"The template of '{qube.Name}' must {demand}, and '{value.Name}' does not");
                if (!qube.IsHalted)
                    throw new QubeNotHaltedException($"Domain is not powered off: '{qube.Name}'");
                QubeReferences.RequireNoRunningDisposables(qube, qube.Qubes);
                return value;
            },
            CheckReset = qube => throw new InvalidValueException($"Property 'template' of '{qube.Name}' cannot be reset, only set"),
        };

    private static IQube RequireNetwork(Qube qube, IQube value)
    {
        if (value.Class == QubeClass.AdminVM || !value.Properties.Get(QubeProperties.ProvidesNetwork))
            throw new InvalidValueException($"The netvm of '{qube.Name}' must have provides_network set, and '{value.Name}' does not");
        RequireNoLoop(qube, value);
        return qube.Lifecycle.IsRunning && value.PowerState == PowerState.Halted
            ? throw new QubeNotStartedException($"'{qube.Name}' is running: start '{value.Name}' before making it the netvm")
            : value;
    }

    private static IQube? DefaultNetvm(Qube qube) =>
        qube.Class == QubeClass.TemplateVM ? null : qube.Qubes.System.Get(SystemProperties.DefaultNetvm);

    private static void RequireNoLoop(Qube qube, IQube? netvm)
    {
        for (var at = netvm; at is not null; at = at.Properties.Get(QubeProperties.Netvm))
        {
            if (at == qube)
                throw new InvalidValueException($"The netvm of '{qube.Name}' cannot be '{netvm}': that would be a loop");
        }
    }
}
