namespace Qubes.Policy.Answers;

/// <summary>The reply as lines (spec: policy, sections 4 and 6).</summary>
public static class ReplyText
{
    private const string Allow = "result=allow";
    private const string Deny = "result=deny";

    /// <summary>Lines in order, to be joined by LF with none at the end.</summary>
    public static IReadOnlyList<string> Lines(PolicyOutcome outcome, PolicyModes modes)
    {
        if (outcome.Granted is not { } call)
            return [Deny];
        if (modes.HasFlag(PolicyModes.JustEvaluate))
            return [Allow];
        List<string> lines = [$"user={call.User ?? "DEFAULT"}", Allow, $"target={call.Target}"];
        if (call.TargetUuid is { } uuid)
            lines.Add($"target_uuid={uuid}");
        lines.Add($"autostart={(call.Autostart ? "True" : "False")}");
        lines.Add($"requested_target={call.RequestedTarget}");
        if (call.Service is { } service)
            lines.Add($"service={service}");
        if (call.PolicySource is { } source)
            lines.Add($"policy_source={source}");
        return lines;
    }
}
