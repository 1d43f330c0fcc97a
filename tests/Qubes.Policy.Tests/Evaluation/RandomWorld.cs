using Qubes.Policy.Knowledge;

namespace Qubes.Policy.Tests.Evaluation;

/// <summary>A policy, a system and a call by chance, from so few words that they often meet.</summary>
internal sealed class RandomWorld
{
    private static readonly string[] Names = ["a", "b", "c", "tmpl", "tmpl2", "far", "far2", "dom0"];
    private static readonly string[] Tags = ["red", "blue"];
    private static readonly string[] Types = ["AppVM", "DispVM", "RemoteVM", "AdminVM", "TemplateVM"];

    private readonly Random random;

    public RandomWorld(int seed)
    {
        random = new(seed);
        Qubes = [.. Names.Where(n => n == "dom0" || random.Next(10) > 0).Select(Qube)];
        Lines = [.. Enumerable.Range(0, random.Next(1, 14)).Select(_ => Rule())];
        Source = Pick("a", "a", "a", "a", "b", "far", "dom0", "tmpl", "gone");
        Call = Pick("svc", "svc", "svc+x", "svc+", "other+x+y", "third");
        Asked = Pick("", "@default", "a", "b", "c", "dom0", "@adminvm", Host, "gone", "far", "far2", "@dispvm", "@dispvm", "@dispvm:tmpl",
            "@dispvm:" + Uuid("tmpl"), "@dispvm:a", "@dispvm:gone", Uuid("b"), Uuid("a"), "@tag:red", "*", "@anyvm", "@dispvm:@tag:red");
        RelayedFor = random.Next(5) == 0 ? Pick("far", "far2", "b", "gone") : "";
        Answer = Pick(null, "deny", "allow:a", "allow:b", "allow:dom0", "allow:@dispvm:tmpl", "allow:@dispvm", "allow:c", "allow:far", "yes", "")!;
    }

    public List<SystemQube> Qubes { get; }

    public string[] Lines { get; }

    public string Source { get; }

    public string Call { get; }

    public string Asked { get; }

    public string RelayedFor { get; }

    public string? Answer { get; }

    private static string Host => "uuid:00000000-0000-0000-0000-000000000000";

    public override string ToString() =>
        string.Join('\n', Lines) + $"\n{Source} calls {Call} at '{Asked}' for '{RelayedFor}', answer {Answer}\n" + string.Join('\n', Qubes);

    private static string Uuid(string name) => name == "dom0"
        ? Host
        : $"uuid:00000000-0000-4000-8000-00000000000{Array.IndexOf(Names, name)}";

    private SystemQube Qube(string name) =>
        new(name, Uuid(name)[5..], name == "dom0" ? "AdminVM" : name.StartsWith("far") ? "RemoteVM" : Pick("AppVM", "DispVM", "TemplateVM"))
        {
            IsTemplateForDispvms = name.StartsWith("tmpl") && random.Next(5) > 0,
            DefaultDispvm = Pick(null, "tmpl", "tmpl", "tmpl2", "a", "gone"),
            IsRunning = random.Next(2) == 0,
            GuiVm = Pick(null, "c", "dom0"),
            IsInternal = random.Next(6) == 0,
            RelayVm = name.StartsWith("far") ? Pick("a", "a", "b", null, "gone") : null,
            TransportRpc = name.StartsWith("far") ? Pick("air.Link", "air.Link", null) : null,
            Tags = Tags.Where(_ => random.Next(2) == 0).ToHashSet(),
        };

    private string Rule()
    {
        var service = Pick("svc", "svc", "svc", "other", "*");
        var argument = service == "*" ? "*" : Pick("*", "*", "+", "+x", "+x+y");
        var action = Pick("allow", "allow", "ask", "deny");
        List<string> parameters = [];
        if (random.Next(4) == 0)
            parameters.Add("notify=" + Pick("yes", "no"));
        if (action != "deny" && random.Next(4) == 0)
            parameters.Add("autostart=" + Pick("yes", "no"));
        if (action != "deny" && random.Next(4) == 0)
            parameters.Add("user=" + Pick("root", "", "x=y"));
        var target = Token(isTarget: true);
        if (action != "deny" && (random.Next(4) == 0 || (target == "@default" && action == "allow")))
            parameters.Add("target=" + Redirect());
        if (action == "ask" && random.Next(3) == 0)
            parameters.Add("default_target=" + Redirect());
        return string.Join(' ', (string[])[service, argument, Token(isTarget: false), target, action, .. parameters.OrderBy(_ => random.Next())]);
    }

    private string Token(bool isTarget) => random.Next(isTarget ? 14 : 10) switch
    {
        0 => "*",
        1 or 2 or 8 => "@anyvm",
        3 => "@tag:" + Pick(Tags),
        4 => "@type:" + Pick(Types),
        5 => Pick("@adminvm", "dom0", Host),
        6 => Uuid(Pick(Names)),
        7 => Pick("gone", "@dispvm:gone", "@dispvm:" + Uuid("tmpl"), "@dispvm:@tag:" + Pick(Tags)),
        9 => isTarget ? Pick(Names) : "a",
        10 => "@default",
        11 => "@dispvm",
        12 => "@dispvm:" + Pick("tmpl", "tmpl2", "a"),
        _ => "@dispvm:@tag:" + Pick(Tags),
    };

    private string Redirect() => Pick(
        "a", "b", "c", "dom0", "@adminvm", Host, "gone", "far", Uuid("b"), "@dispvm", "@dispvm:tmpl", "@dispvm:" + Uuid("tmpl2"), "@dispvm:a")!;

    private T Pick<T>(params ReadOnlySpan<T> from) => from[random.Next(from.Length)];
}
