using Qubes.Tools.Admin;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Domains;

/// <summary>A qube we created and could not finish.</summary>
internal static class UnfinishedQube
{
    /// <summary>Removes it, also when the user has interrupted us; that this fails is only told.</summary>
    public static async Task RemoveAsync(Session session, string qube)
    {
        try
        {
            await session.Admin.CallAsync("admin.vm.Remove", qube, cancellation: CancellationToken.None);
        }
        catch (Exception e) when (e is AdminException or ToolException)
        {
            // Must not hide why it could not be finished.
            session.Warn($"could not remove the unfinished '{qube}': {SafeText.OneLine(e.Message)}");
        }
    }
}
