using Qubes.Tools.Admin;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Notes;

/// <summary>A qube's notes: UTF-8 text, empty if there are none (spec: Admin API, section 7.2).</summary>
internal sealed class QubeNotes(Session session, string qube)
{
    public async Task<string> GetAsync(CancellationToken cancellation)
    {
        try
        {
            return await session.Admin.CallAsync("admin.vm.notes.Get", qube, cancellation: cancellation);
        }
        catch (AdminException e) when (e.IsNoSuchQube)
        {
            throw QubeList.NoSuch(qube);
        }
    }

    public Task SetAsync(string notes, CancellationToken cancellation) =>
        session.Admin.CallAsync("admin.vm.notes.Set", qube, payload: notes, cancellation: cancellation);
}
