using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Methods;

/// <summary>What can be done to a qube that runs here, and to no other.</summary>
internal static class DestinationRules
{
    /// <summary>Whether the call is about the host itself.</summary>
    public static bool IsHost(this AdminCall call) => call.Destination.Class == QubeClass.AdminVM;

    /// <summary>Whether the call is about a qube of another host.</summary>
    public static bool IsRemote(this AdminCall call) => call.Destination.Class == QubeClass.RemoteVM;

    /// <summary>The destination, a qube whose machine and settings are of this host.</summary>
    /// <exception cref="NotImplementedQubesException">
    /// It is not. Upstream answers with nothing; a refusal in words serves its callers better.
    /// </exception>
    public static IQube Local(this AdminCall call, string what) => call.Destination.Class switch
    {
        QubeClass.AdminVM => throw new NotImplementedQubesException($"The host has no {what}: only qubes on it have."),
        QubeClass.RemoteVM => throw new NotImplementedQubesException(
            $"'{call.Destination.Name}' has no {what} here: it runs on another host."),
        _ => call.Destination,
    };
}
