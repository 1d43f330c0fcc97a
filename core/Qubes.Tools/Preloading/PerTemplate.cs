using Qubes.Tools.Admin;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Preloading;

/// <summary>Does the same to each of several templates: one that fails is reported and the others still get their turn.</summary>
internal static class PerTemplate
{
    /// <returns>The exit status: 1 if any failed.</returns>
    public static async Task<int> RunAsync(Session session, IEnumerable<string> templates, Func<string, Task> action)
    {
        var code = ExitCode.Success;
        foreach (var template in templates)
        {
            try
            {
                await action(template);
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
