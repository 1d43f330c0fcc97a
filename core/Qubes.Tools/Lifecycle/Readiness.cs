using Qubes.Tools.Admin;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Lifecycle;

/// <summary>Makes sure that a qube can take calls of services.</summary>
internal static class Readiness
{
    /// <param name="autostart">Start or unpause it; else that is told as an error.</param>
    /// <returns>False if it is not running and is not to be started.</returns>
    public static async Task<bool> EnsureAsync(
        Session session, QubeEntry qube, bool autostart, CancellationToken cancellation)
    {
        if (qube is { IsHalted: false, IsPaused: false })
            return true;
        if (!autostart)
        {
            session.Warn($"error: qube '{qube.Name}' is {(qube.IsPaused ? "paused" : "not started")}");
            return false;
        }

        try
        {
            var method = qube.IsPaused ? "admin.vm.Unpause" : "admin.vm.Start";
            await session.Admin.CallAsync(method, qube.Name, cancellation: cancellation);
        }
        catch (AdminException e) when (e.IsNotHalted || e.WireClass == "QubesVMNotPausedError")
        {
            // Someone else was faster.
        }

        return true;
    }
}
