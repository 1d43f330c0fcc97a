using System.Text;
using System.Text.Json;
using Qubes.Policy.Answers;
using Qubes.Policy.Evaluation;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Policy;

/// <summary>What <c>qubes-policy eval</c> tells.</summary>
/// <param name="decision">Of the policy.</param>
/// <param name="outcome">With the last checks made; null where the user would be asked.</param>
internal sealed class EvaluationReport(PolicyDecision decision, PolicyOutcome? outcome)
{
    private string Verdict => outcome switch { null => "ask", { Granted: not null } => "allow", _ => "deny" };

    private string Reason => outcome?.Reason ?? "the user is asked";

    public void WriteTo(TextWriter output)
    {
        Write("verdict", Verdict);
        Write("rule", decision.Rule?.Location.ToString() ?? "none");
        if (outcome is not { Granted: not null })
            Write("reason", Reason);
        if (outcome?.Granted is { } granted)
        {
            Write("target", granted.Target);
            Write("target_uuid", granted.TargetUuid);
            Write("service", granted.Service);
            Write("source", granted.PolicySource);
        }
        if (decision is GrantingDecision granting && Verdict != "deny")
        {
            Write("requested", granting.RequestedTarget);
            Write("user", granting.Action.User ?? "DEFAULT");
            Write("autostart", Word(granting.Action.Autostart));
        }
        if (decision is AskedDecision asked)
        {
            foreach (var target in asked.Targets)
                Write(target == asked.DefaultTarget ? "offers (default)" : "offers", target);
        }
        Write("notify", Word(decision.Notify));

        void Write(string name, string? value)
        {
            if (value is not null)
                output.WriteLine($"{name}: {SafeText.OneLine(value)}");
        }
    }

    public string ToJson() => Encoding.UTF8.GetString(JsonObjectText.Write(json =>
    {
        var granting = decision as GrantingDecision;
        json.WriteString("verdict", Verdict);
        json.WriteString("rule", decision.Rule?.Location.ToString());
        json.WriteString("reason", Verdict == "allow" ? null : Reason);
        json.WriteString("target", outcome?.Granted?.Target);
        json.WriteString("target_uuid", outcome?.Granted?.TargetUuid);
        json.WriteString("service", outcome?.Granted?.Service);
        json.WriteString("policy_source", outcome?.Granted?.PolicySource);
        json.WriteString("requested_target", granting?.RequestedTarget);
        json.WriteString("user", granting?.Action.User);
        if (granting is null)
            json.WriteNull("autostart");
        else
            json.WriteBoolean("autostart", granting.Action.Autostart);
        json.WriteBoolean("notify", decision.Notify);
        json.WriteTexts("targets", (decision as AskedDecision)?.Targets ?? []);
        json.WriteString("default_target", (decision as AskedDecision)?.DefaultTarget);
    }).Span);

    private static string Word(bool truth) => truth ? "yes" : "no";
}
