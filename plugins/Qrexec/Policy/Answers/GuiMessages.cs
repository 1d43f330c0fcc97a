using System.Text.Json;
using Qubes.Policy.Evaluation;

namespace Qubes.Policy.Answers;

/// <summary>What <c>policy.Ask</c> and <c>policy.Notify</c> of a GUI qube read: JSON in ASCII (spec: policy, sections 4 and 5).</summary>
public static class GuiMessages
{
    /// <summary>The question.</summary>
    public static ReadOnlyMemory<byte> Question(AskedDecision asked, PolicyCall call, IPolicySystem system) => JsonObjectText.Write(json =>
    {
        json.WriteString("source", asked.Source);
        json.WriteString("service", call.Service);
        json.WriteString("argument", call.Argument);
        json.WriteTexts("targets", asked.Targets);
        json.WriteString("default_target", asked.DefaultTarget ?? "");
        json.WriteStartObject("icons");
        foreach (IPolicyQube qube in system.Qubes.Where(q => q.Icon is not null))
        {
            json.WriteString(qube.Name, qube.Icon);
            if (qube.IsTemplateForDispvms)
                json.WriteString(PolicyWords.DispVmOf + qube.Name, qube.Icon);
        }
        json.WriteEndObject();
    });

    /// <summary>The news.</summary>
    public static ReadOnlyMemory<byte> News(PolicyNotification notification, PolicyCall call) => JsonObjectText.Write(json =>
    {
        json.WriteString("resolution", notification.IsAllowed ? "allow" : "deny");
        json.WriteString("service", call.Service);
        json.WriteString("argument", call.Argument);
        json.WriteString("source", notification.Source);
        json.WriteString("target", notification.Target);
    });
}
