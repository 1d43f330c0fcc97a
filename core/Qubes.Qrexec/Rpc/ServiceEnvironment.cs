using Qubes.Qrexec.Protocol;

namespace Qubes.Qrexec.Rpc;

/// <summary>What a service that is a program learns about its call (spec: protocol, section 9).</summary>
public static class ServiceEnvironment
{
    /// <summary>
    /// The variables to set for a call; the caller of this method drops all others that begin with <c>QREXEC</c>, but for
    /// <c>QREXEC_SERVICE_PATH</c> and <c>QREXEC_AGENT_PID</c>.
    /// </summary>
    public static Dictionary<string, string> Of(ServiceDescriptor call)
    {
        var variables = new Dictionary<string, string>
        {
            ["QREXEC_REMOTE_DOMAIN"] = call.Source,
            ["QREXEC_SERVICE_FULL_NAME"] = call.FullName,
            ["QREXEC_REQUESTED_TARGET_TYPE"] = call.TargetType ?? "",
        };
        if (call.Argument is not null)
            variables["QREXEC_SERVICE_ARGUMENT"] = call.Argument;
        if (call.Target is not null)
            variables[call.TargetType == "keyword" ? "QREXEC_REQUESTED_TARGET_KEYWORD" : "QREXEC_REQUESTED_TARGET"] = call.Target;
        return variables;
    }

    /// <summary>The service's command line: the argument is its only one, and none if it is empty.</summary>
    public static IReadOnlyList<string> CommandLine(string path, ServiceDescriptor call) =>
        string.IsNullOrEmpty(call.Argument) ? [path] : [path, call.Argument];
}
