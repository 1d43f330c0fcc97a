using System.Text.Json;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Policy;

public sealed class EvaluateTests : PolicyToolTests
{
    private readonly string info;

    public EvaluateTests() => info = Write("info.json", Info);

    [Fact]
    public async Task An_allowed_call_is_told_with_its_line_and_real_target()
    {
        var policy = Write("etc/qubes/policy.d/30-user.policy", "# x\na.Svc +y work @dispvm allow user=root\n");

        var result = await EvaluateAsync("work", "@dispvm", "--service", "a.Svc", "--arg", "y");

        Assert.Equal(
            $"""
            verdict: allow
            rule: {policy}:2
            target: @dispvm:dvm
            target_uuid: @dispvm:uuid:00000000-0000-4000-8000-000000000002
            requested: @dispvm
            user: root
            autostart: yes
            notify: no

            """,
            result.Output);
    }

    [Fact]
    public async Task A_question_is_told_with_what_it_offers()
    {
        Write("etc/qubes/policy.d/30-user.policy", "a.Svc * work * ask default_target=dom0\n");

        var result = await EvaluateAsync("work", "@default", "--service", "a.Svc");

        Assert.Contains("verdict: ask", result.Output);
        Assert.Contains("offers: @dispvm:dvm", result.Output);
        Assert.Contains("offers (default): dom0", result.Output);
    }

    [Theory]
    [InlineData("a.Svc * work @anyvm allow", "work", "deny", "a qube cannot call itself")]
    [InlineData("a.Svc * work @anyvm deny", "dvm", "deny", "the rule says so")]
    [InlineData("", "dvm", "deny", "no rule matches")]
    [InlineData("a.Svc * work dvm allow", "dvm", "allow", null)]
    [InlineData("a.Svc * work dvm ask", "dvm", "ask", "the user is asked")]
    public async Task Json_says_the_same(string rule, string target, string verdict, string? reason)
    {
        Write("etc/qubes/policy.d/30-user.policy", rule);

        var result = await EvaluateAsync("work", target, "--service", "a.Svc", "--json");

        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(verdict, json.RootElement.GetProperty("verdict").GetString());
        Assert.Equal(reason, json.RootElement.GetProperty("reason").GetString());
        Assert.Equal(rule.Length > 0, json.RootElement.GetProperty("rule").ValueKind == JsonValueKind.String);
    }

    [Fact]
    public async Task Without_a_file_the_daemon_is_asked()
    {
        Write("etc/qubes/policy.d/30-user.policy", "a.Svc * work dvm allow");
        await using var daemon = new AdminServer(Bench.Paths.InternalSocket);
        daemon.Ok("internal.GetSystemInfo+", "dom0", Info);

        var result = await Bench.RunAsync("qubes-policy", "eval", "--source", "work", "--target", "dvm", "--service", "a.Svc");

        Assert.Contains("verdict: allow", result.Output);
    }

    [Fact]
    public async Task Mistakes_unknown_sources_and_bad_information_are_failures()
    {
        Assert.Equal(1, (await EvaluateAsync("nobody", "dvm", "--service", "a.Svc")).Code);
        Assert.Equal(2, (await EvaluateAsync("work", "dvm", "--service", "a.Svc+x", "--arg", "y")).Code);
        Assert.Equal(2, (await Bench.RunAsync("qubes-policy", "eval", "--source", "work")).Code);
        File.WriteAllText(info, "{}");
        Assert.Equal(1, (await EvaluateAsync("work", "dvm", "--service", "a.Svc")).Code);
        Write("etc/qubes/policy.d/30-user.policy", "broken");
        Assert.Contains("30-user.policy:1", (await EvaluateAsync("work", "dvm", "--service", "a.Svc")).Error);
    }

    [Fact]
    public async Task The_graph_has_an_arrow_for_each_pair_and_kind()
    {
        Write("etc/qubes/policy.d/30-user.policy", "a.Svc * work @dispvm allow\na.Svc +\"x work dvm allow\n".Replace("\"", "")
            + "b.Svc + work dom0 ask\n* * dvm work deny\n* * dvm dom0 allow\n");

        var result = await Bench.RunAsync("qubes-policy", "graph", "--system-info", info);

        Assert.Equal(
            """
            digraph policy {
              node [shape=box];
              "dvm" -> "dom0" [label="*\na.Svc\na.Svc+x\nb.Svc"];
              "work" -> "@dispvm:dvm" [label="a.Svc\na.Svc+x"];
              "work" -> "dom0" [label="b.Svc", style=dashed];
              "work" -> "dvm" [label="a.Svc+x"];
            }

            """,
            result.Output);
    }

    [Fact]
    public async Task The_graph_can_be_narrowed_and_svg_needs_graphviz()
    {
        Write("etc/qubes/policy.d/30-user.policy", "a.Svc * work dvm allow\nb.Svc * dvm dom0 allow\n");

        var narrow = await Bench.RunAsync("qubes-policy", "graph", "--system-info", info, "--service", "b.Svc", "--source", "dvm");
        Assert.Contains("\"dvm\" -> \"dom0\"", narrow.Output);
        Assert.DoesNotContain("a.Svc", narrow.Output);

        var svg = await Bench.RunAsync("qubes-policy", "graph", "--format", "svg", "--system-info", info);
        if (File.Exists("/usr/bin/dot"))
            Assert.Contains("<svg", svg.Output);
        else
            Assert.Contains("install the package graphviz", svg.Error);
    }

    [Fact]
    public async Task Cases_are_counted_and_differences_shown()
    {
        const string Frame = """{"format": "qrexec-policy-cases/1", "systems": {"s": {}}, "cases": [CASE]}""";
        const string Case = """{"id": "x1", "system": "s", "call": "a", "from": "b", "to": "", "expect": {"verdict": "VERDICT"}}""";
        var good = Write("good.json", Frame.Replace("CASE", Case.Replace("VERDICT", "deny")));
        var bad = Write("bad.json", Frame.Replace("CASE", Case.Replace("VERDICT", "allow")));

        var equal = await Bench.RunAsync("qubes-policy", "check-cases", good);
        Assert.Equal((0, "1 equal\n"), (equal.Code, equal.Output));
        var other = await Bench.RunAsync("qubes-policy", "check-cases", bad);
        Assert.Equal((1, "x1: verdict: expected \"allow\", got \"deny\"\n0 equal, 1 different\n"), (other.Code, other.Output));
        Assert.Equal(1, (await Bench.RunAsync("qubes-policy", "check-cases", info)).Code);
    }

    private Task<ToolResult> EvaluateAsync(string source, string target, params string[] more) =>
        Bench.RunAsync("qubes-policy", ["eval", "--source", source, "--target", target, "--system-info", info, .. more]);
}
