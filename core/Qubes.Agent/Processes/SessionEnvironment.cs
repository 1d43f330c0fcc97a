using Qubes.Agent.Accounts;
using Qubes.Agent.Vchans;

namespace Qubes.Agent.Processes;

/// <summary>The environment of a fresh session of a user.</summary>
internal static class SessionEnvironment
{
    private const string UserPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games";
    private const string RootPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>What the agent itself hands on to services.</summary>
    private static readonly string[] Inherited = ["QREXEC_SERVICE_PATH", VchanDirectory.PathVariable, VchanDirectory.DomainVariable];

    /// <summary><c>KEY=VALUE</c> entries for a session of the account, with some more.</summary>
    public static IReadOnlyList<string> Of(Account account, IReadOnlyDictionary<string, string> more)
    {
        var variables = new Dictionary<string, string>
        {
            ["PATH"] = account.User == 0 ? RootPath : UserPath,
            ["HOME"] = account.Home,
            ["USER"] = account.Name,
            ["LOGNAME"] = account.Name,
            ["SHELL"] = account.Shell,
            ["LANG"] = "C.UTF-8",
            ["QREXEC_AGENT_PID"] = Environment.ProcessId.ToString(),
        };
        foreach (var name in Inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
                variables[name] = value;
        }

        foreach (var (name, value) in more)
            variables[name] = value;
        return [.. variables.Select(variable => $"{variable.Key}={variable.Value}")];
    }
}
