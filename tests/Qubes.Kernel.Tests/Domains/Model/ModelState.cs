using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Tests.Domains.Model;

/// <summary>
/// The rules of the domain model told a second time, as simply as they can be: which call is accepted, and what is stored
/// then. Calls return whether they are accepted.
/// </summary>
internal sealed class ModelState
{
    private static readonly string[] BuiltIn = ["red", "orange", "yellow", "green", "gray", "blue", "purple", "black"];

    private static readonly string[] References = ["netvm", "default_dispvm", "management_dispvm", "template"];

    public SortedDictionary<string, ModelQube> Qubes { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, string> System { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Labels { get; } = new(BuiltIn, StringComparer.Ordinal);

    public bool Create(QubeClass @class, string name, string label, string? template)
    {
        if (Qubes.ContainsKey(name) || name == "dom0" || !Labels.Contains(label) || !char.IsAsciiLetter(name[0]))
            return false;
        var made = new ModelQube(name, @class) { Explicit = { ["label"] = label } };
        if (@class is QubeClass.AppVM or QubeClass.DispVM)
        {
            var system = @class == QubeClass.AppVM ? "default_template" : "default_dispvm";
            template ??= System.GetValueOrDefault(system);
            if (string.IsNullOrEmpty(template) || !Qubes.TryGetValue(template, out var basis) || !MayBeBase(@class, basis))
                return false;
            made.Explicit["template"] = template;
            if (@class == QubeClass.DispVM)
                Inherit(basis, made);
        }
        else if (template is not null)
        {
            return false;
        }
        made.Tags.UnionWith(["created-by-dom0", "guivm-dom0", "audiovm-dom0"]);
        Qubes.Add(name, made);
        return true;
    }

    public bool Remove(string name) =>
        Qubes.ContainsKey(name)
        && !System.ContainsValue(name)
        && !Others(name).Any(q => References.Any(r => q.Explicit.GetValueOrDefault(r) == name))
        && Qubes.Remove(name);

    public bool Set(string name, string property, string value)
    {
        if (!Qubes.TryGetValue(name, out var qube) || !Accepts(qube, property, value))
            return false;
        qube.Explicit[property] = value;
        Mark(qube, property);
        return true;
    }

    public bool Reset(string name, string property)
    {
        if (!Qubes.TryGetValue(name, out var qube) || !AcceptsReset(qube, property))
            return false;
        qube.Explicit.Remove(property);
        Mark(qube, property);
        return true;
    }

    public bool SetSystem(string property, string value)
    {
        var isAccepted = value.Length == 0 || (Qubes.TryGetValue(value, out var target) && property switch
        {
            "default_netvm" => target.ProvidesNetwork && !Chain(value).Any(Follows),
            "default_dispvm" => target.IsDisposableTemplate,
            _ => target.Class == QubeClass.TemplateVM,
        });
        if (isAccepted)
            System[property] = value;
        return isAccepted;
    }

    public bool SetFeature(string name, string feature, string value)
    {
        if (!Qubes.TryGetValue(name, out var qube) || feature is "service." || (feature.StartsWith("custom-persist.", StringComparison.Ordinal) && value is not ("" or "/d")))
            return false;
        qube.Features[feature] = value;
        return true;
    }

    public bool RemoveFeature(string name, string feature) => Qubes.TryGetValue(name, out var qube) && qube.Features.Remove(feature);

    public bool AddTag(string name, string tag)
    {
        if (!Qubes.TryGetValue(name, out var qube) || tag.Contains('!'))
            return false;
        qube.Tags.Add(tag);
        return true;
    }

    public bool RemoveTag(string name, string tag) => Qubes.TryGetValue(name, out var qube) && qube.Tags.Remove(tag);

    public bool AddLabel(string name, string color) => color.StartsWith("0x", StringComparison.Ordinal) && Labels.Add(name);

    public bool RemoveLabel(string name) =>
        !BuiltIn.Contains(name) && !Qubes.Values.Any(q => q.Explicit["label"] == name) && Labels.Remove(name);

    public string? Netvm(string name) =>
        Qubes[name] is var qube && qube.Explicit.TryGetValue("netvm", out var own) ? Named(own)
        : qube.Class == QubeClass.TemplateVM ? null
        : Named(System.GetValueOrDefault("default_netvm"));

    private static string? Named(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static bool MayBeBase(QubeClass @class, ModelQube basis) =>
        @class == QubeClass.DispVM ? basis.IsDisposableTemplate : basis.Class == QubeClass.TemplateVM;

    private static void Inherit(ModelQube from, ModelQube to)
    {
        foreach (var (property, value) in from.Explicit.Where(p => p.Key is not ("template" or "template_for_dispvms")))
            to.Explicit.TryAdd(property, value);
        foreach (var (feature, value) in from.Features)
            to.Features[feature] = value;
        to.Tags.UnionWith(from.Tags.Where(t => t != "created-by-dom0"));
    }

    private static void Mark(ModelQube qube, string property)
    {
        if (property != "provides_network")
            return;
        if (qube.ProvidesNetwork)
            qube.Features["servicevm"] = "1";
        else
            qube.Features.Remove("servicevm");
    }

    private bool Accepts(ModelQube qube, string property, string value) => property switch
    {
        "memory" => int.TryParse(value, out var number) && number > 0,
        "debug" => value is "True" or "False",
        "label" => Labels.Contains(value),
        "provides_network" => value == "True" || (value == "False" && !HasClients(qube)),
        "netvm" => value.Length == 0
            || (Qubes.TryGetValue(value, out var net) && net.ProvidesNetwork && !Chain(value).Contains(qube.Name)),
        "default_dispvm" => value.Length == 0 || (Qubes.TryGetValue(value, out var disposable) && disposable.IsDisposableTemplate),
        "template" => qube.Class is QubeClass.AppVM or QubeClass.DispVM
            && Qubes.TryGetValue(value, out var basis) && MayBeBase(qube.Class, basis),
        "template_for_dispvms" => qube.Class is QubeClass.AppVM or QubeClass.StandaloneVM
            && (value == "True" || (value == "False" && !IsBase(qube))),
        _ => false,
    };

    private bool AcceptsReset(ModelQube qube, string property) => property switch
    {
        "label" or "template" => false,
        "provides_network" => !HasClients(qube),
        "netvm" => qube.Class == QubeClass.TemplateVM || Named(System.GetValueOrDefault("default_netvm")) is not { } net
            || !Chain(net).Contains(qube.Name),
        "template_for_dispvms" => qube.Class is QubeClass.AppVM or QubeClass.StandaloneVM && !IsBase(qube),
        "memory" or "debug" or "default_dispvm" => true,
        _ => false,
    };

    private bool HasClients(ModelQube qube) => Qubes.Keys.Any(q => Netvm(q) == qube.Name);

    private bool IsBase(ModelQube qube) =>
        System.GetValueOrDefault("default_dispvm") == qube.Name
        || Others(qube.Name).Any(q => References[1..].Any(r => q.Explicit.GetValueOrDefault(r) == qube.Name));

    private bool Follows(string name) => Qubes[name].Class != QubeClass.TemplateVM && !Qubes[name].Explicit.ContainsKey("netvm");

    private IEnumerable<string> Chain(string start)
    {
        for (string? at = start; at is not null; at = Netvm(at))
            yield return at;
    }

    private IEnumerable<ModelQube> Others(string name) => Qubes.Values.Where(q => q.Name != name);
}
