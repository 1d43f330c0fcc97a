using Qubes.Kernel.Domains;
using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Tests.Domains.Model;

/// <summary>One call, made on the kernel and on the model; about half of them are refused.</summary>
/// <param name="Text">For the message of a failure.</param>
/// <param name="OnKernel">Throws a refusal.</param>
/// <param name="OnModel">False: refuses.</param>
internal sealed record RandomCall(string Text, Func<QubeRegistry, Task> OnKernel, Func<ModelState, bool> OnModel)
{
    private static readonly string[] Names = ["tmpl", "tmpl2", "vm1", "vm2", "net1", "net2", "dvm", "alone", "9bad", "dom0"];
    private static readonly string[] Labels = ["red", "blue", "own1", "own2", "mauve"];
    private static readonly string[] SystemReferences = ["default_netvm", "default_dispvm", "default_template"];
    private static readonly QubeClass[] Classes =
        [QubeClass.TemplateVM, QubeClass.AppVM, QubeClass.AppVM, QubeClass.StandaloneVM, QubeClass.DispVM];

    private static readonly string[] Properties =
        ["memory", "debug", "label", "provides_network", "netvm", "default_dispvm", "template", "template_for_dispvms", "nosuch"];

    /// <summary>Something to call on: most calls on an empty system are refused.</summary>
    public static IReadOnlyList<RandomCall> Prelude { get; } =
    [
        Create(QubeClass.TemplateVM, "tmpl", "black", null),
        SetSystem("default_template", "tmpl"),
        Create(QubeClass.AppVM, "vm1", "red", null),
        Create(QubeClass.AppVM, "net1", "red", "tmpl"),
        Set("net1", "provides_network", "True"),
        Create(QubeClass.AppVM, "dvm", "red", "tmpl"),
        Set("dvm", "template_for_dispvms", "True"),
        SetSystem("default_dispvm", "dvm"),
        Create(QubeClass.DispVM, "vm2", "blue", null),
    ];

    public static RandomCall Next(Random random)
    {
        var name = random.Next(20) == 0 ? Pick(random, Names[8..]) : Pick(random, Names[..8]);
        var other = Pick(random, Names[..8]);
        return random.Next(15) switch
        {
            0 or 1 => Create(Pick(random, Classes), name, Pick(random, Labels), random.Next(2) == 0 ? other : null),
            3 => new($"remove {name}", q => q.RemoveAsync(q.Find(name), default), m => m.Remove(name)),
            4 or 5 or 6 or 12 or 13 or 14 or 2 => Set(name, Pick(random, Properties), random, other),
            7 => Reset(name, Pick(random, Properties)),
            8 => SetSystem(Pick(random, SystemReferences), random.Next(5) == 0 ? "" : other),
            9 => Feature(name, Pick(random, ["a", "service.x", "service.", "custom-persist.d"]), Pick(random, ["1", "", "/d", "d"]), random.Next(3) == 0),
            10 => Tag(name, Pick(random, ["t", "u", "v!"]), random.Next(3) == 0),
            _ => Label(Pick(random, Labels), Pick(random, ["0x00ff00", "green"]), random.Next(2) == 0),
        };
    }

    private static RandomCall Create(QubeClass @class, string name, string label, string? template) => new(
        $"create {@class} {name} {label} {template}",
        q => q.CreateAsync(new(@class, name, label) { Template = template is null ? null : q.Find(template) }, default),
        m => (template is null || m.Qubes.ContainsKey(template)) && m.Create(@class, name, label, template));

    private static RandomCall Set(string name, string property, Random random, string other) => Set(name, property, property switch
    {
        "memory" => Pick(random, ["300", "500", "700", "0", "x", ""]),
        "debug" or "provides_network" or "template_for_dispvms" => Pick(random, ["True", "True", "False", "maybe"]),
        "label" => Pick(random, Labels),
        "netvm" => Pick(random, ["net1", "net2", "net1", "", other]),
        "template" => Pick(random, ["tmpl", "tmpl2", "dvm", other]),
        "default_dispvm" => Pick(random, ["dvm", "alone", "", other]),
        _ => other,
    });

    private static RandomCall Set(string name, string property, string value) => new(
        $"set {name} {property} '{value}'", q => Now(() => Machine(q, name).Properties.Write(property, value)), m => m.Set(name, property, value));

    private static RandomCall Reset(string name, string property) => new(
        $"reset {name} {property}", q => Now(() => Machine(q, name).Properties.Reset(property)), m => m.Reset(name, property));

    private static RandomCall SetSystem(string property, string value) => new(
        $"set system {property} '{value}'", q => Now(() => q.System.Write(property, value)), m => m.SetSystem(property, value));

    private static RandomCall Feature(string name, string feature, string value, bool removes) => removes
        ? new($"unset {name} {feature}", q => Now(() => Machine(q, name).Features.Remove(feature)), m => m.RemoveFeature(name, feature))
        : new($"feature {name} {feature} '{value}'", q => Now(() => Machine(q, name).Features.Set(feature, value)), m => m.SetFeature(name, feature, value));

    private static RandomCall Tag(string name, string tag, bool removes) => removes
        ? new($"untag {name} {tag}", q => Now(() => Machine(q, name).Tags.Remove(tag)), m => m.RemoveTag(name, tag))
        : new($"tag {name} {tag}", q => Now(() => Machine(q, name).Tags.Add(tag)), m => m.AddTag(name, tag));

    private static RandomCall Label(string name, string color, bool removes) => removes
        ? new($"remove label {name}", q => Now(() => q.RemoveLabel(q.FindLabel(name))), m => m.RemoveLabel(name))
        : new($"add label {name} {color}", q => Now(() => q.AddLabel(name, color)), m => m.AddLabel(name, color));

    // The model knows nothing of the host's own entry.
    private static IQube Machine(QubeRegistry qubes, string name) =>
        qubes.Find(name) is var qube && qube.Class != QubeClass.AdminVM ? qube : throw new Sdk.Errors.QubesException("the host");

    private static Task Now(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
