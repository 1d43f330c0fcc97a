using Qubes.Tools.Admin;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Domains;

/// <summary>Does the same to each of several qubes: one that fails is reported and the others still get their turn.</summary>
internal static class PerQube
{
    /// <returns>The exit status: 1 if any failed.</returns>
    public static async Task<int> RunAsync(Session session, IEnumerable<QubeEntry> qubes, Func<QubeEntry, Task> action)
    {
        var code = ExitCode.Success;
        foreach (var qube in qubes)
        {
            try
            {
                await action(qube);
            }
            catch (AdminException e)
            {
                session.Warn("error: " + SafeText.OneLine(e.Message));
                code = ExitCode.Failure;
            }
        }

        return code;
    }
}
