using System.Text.Json;
using Qubes.Policy.Answers;
using Qubes.Policy.Evaluation;

namespace Qubes.Policy.Cases;

/// <summary>What came of a case, in the form of its <c>expect</c> (spec: policy, section 11).</summary>
internal static class CaseResult
{
    public static ReadOnlyMemory<byte> OfLoadError(string? at, PolicyModes modes) => JsonObjectText.Write(json =>
    {
        json.WriteString("load", "error");
        json.WriteString("at", at);
        json.WriteString("verdict", "deny");
        foreach (string name in (string[])["rule", "target", "user", "autostart", "notify", "targets", "default_target"])
            json.WriteNull(name);
        WriteOutcome(json, PolicyOutcome.Quiet(""), modes);
    });

    public static ReadOnlyMemory<byte> Of(PolicyDecision decision, string? rule, PolicyOutcome outcome, PolicyModes modes) => JsonObjectText.Write(json =>
    {
        GrantingDecision? granting = decision as GrantingDecision;
        AskedDecision? asked = decision as AskedDecision;
        json.WriteString("load", "ok");
        json.WriteNull("at");
        json.WriteString("verdict", decision switch { AllowedDecision => "allow", AskedDecision => "ask", _ => "deny" });
        json.WriteString("rule", rule);
        json.WriteString("target", (decision as AllowedDecision)?.Target);
        json.WriteString("user", granting?.Action.User);
        if (granting is null)
            json.WriteNull("autostart");
        else
            json.WriteBoolean("autostart", granting.Action.Autostart);
        json.WriteBoolean("notify", decision.Notify);
        if (asked is null)
            json.WriteNull("targets");
        else
            json.WriteTexts("targets", asked.Targets);
        json.WriteString("default_target", asked?.DefaultTarget);
        WriteOutcome(json, outcome, modes);
    });

    private static void WriteOutcome(Utf8JsonWriter json, PolicyOutcome outcome, PolicyModes modes)
    {
        json.WriteTexts("reply", ReplyText.Lines(outcome, modes));
        json.WriteStartArray("notifications");
        foreach (PolicyNotification told in outcome.Notifications)
        {
            json.WriteStartObject();
            json.WriteString("to", told.To);
            json.WriteString("resolution", told.IsAllowed ? "allow" : "deny");
            json.WriteString("target", told.Target);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
