using Qubes.Plugins.AdminApi.Calls;

namespace Qubes.Plugins.AdminApi.Endpoints;

/// <summary>One socket and what may be asked on it.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Calls">Carries out what is asked.</param>
/// <param name="IsForOwnersOnly">Root and the daemon's own user alone, whatever the file's group is.</param>
internal sealed record AdminEndpoint(string Path, AdminCalls Calls, bool IsForOwnersOnly = false);
