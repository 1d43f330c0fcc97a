using Qubes.Policy.Knowledge;

namespace Qubes.Policy.Tests.Evaluation;

/// <summary>The reply and the notifications that the specification asks for, written apart from the library's.</summary>
internal static class NaiveReply
{
    /// <summary>Lines of the reply, then one for each notification.</summary>
    public static List<string> For(
        NaiveVerdict verdict, List<SystemQube> qubes, string source, string call, string asked, string relayedFor, string? answer)
    {
        SystemQube? Known(string text) => qubes.FirstOrDefault(q => q.Name == text || "uuid:" + q.Uuid == text);
        List<string> Deny(bool notify) => notify && Known(source)?.GuiVm is { } gui
            ? ["result=deny", $"tell {gui} deny {asked}"]
            : ["result=deny"];

        if (verdict.Verdict == "deny")
            return Deny(verdict.Notify);
        var target = verdict.Target;
        if (verdict.Verdict == "ask")
        {
            if (answer is null or "deny")
                return Deny(verdict.Notify);
            if (!answer.StartsWith("allow:") || !verdict.Offered.Contains(answer[6..]))
                return Deny(true);
            target = answer[6..];
        }
        var isHost = target is "dom0" or "uuid:00000000-0000-0000-0000-000000000000";
        var isNew = target!.StartsWith("@dispvm:");
        var qube = Known(isNew ? target[8..] : target);
        if (!isNew && (qube?.Name ?? "dom0") == verdict.Source)
            return Deny(true);
        string? service = null;
        var user = verdict.User;
        if (qube is { Type: "RemoteVM" } && !isNew)
        {
            if (qube.TransportRpc is not { Length: > 0 } transport || qube.RelayVm is null || Known(qube.RelayVm) is not { } relay)
                return Deny(true);
            service = $"{transport}+{verdict.Requested}+{(call.Contains('+') ? call : call + "+")}";
            (user, qube) = (null, relay);
        }
        List<string> reply = [$"user={user ?? "DEFAULT"}", "result=allow", "target=" + (isHost ? "dom0" : service is null ? target : qube!.Name)];
        if (!isHost)
            reply.Add($"target_uuid={(isNew ? "@dispvm:" : "")}uuid:{qube!.Uuid}");
        reply.Add($"autostart={verdict.Autostart}");
        reply.Add($"requested_target={verdict.Requested}");
        if (service is not null)
            reply.Add($"service={service}");
        if (relayedFor != "" && !isHost)
            reply.Add($"policy_source={verdict.Source}");
        if (verdict.Notify && Known(verdict.Source)?.GuiVm is { } told)
            reply.Add($"tell {told} allow {target}");
        return reply;
    }
}
