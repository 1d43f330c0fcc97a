using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.AdminApi.Calls;

/// <summary>What no caller, or no caller but the host, may do whatever the policy says (spec: Admin API, section 4).</summary>
internal static class BuiltInDenials
{
    /// <exception cref="PermissionDeniedException">The call is never allowed.</exception>
    public static void Check(AdminCall call)
    {
        switch (call.Method)
        {
            case "admin.vm.feature.Set" or "admin.vm.feature.Remove" when IsKeptByTheDaemon(call.Argument):
                throw new PermissionDeniedException($"The daemon keeps the feature '{call.Argument}' itself.");

            case "admin.vm.tag.Set" or "admin.vm.tag.Remove"
                when call.Argument.StartsWith("created-by-", StringComparison.Ordinal) && !IsHost(call.Source):
                throw new PermissionDeniedException("Only the host may change created-by- tags.");
        }
    }

    /// <summary>What tells of many qubes at a time tells others than the host only what a plugin named as allowed.</summary>
    /// <exception cref="PermissionDeniedException">No plugin named anything.</exception>
    public static void CheckJudged(AdminCall call, AdminPermission permission)
    {
        bool isUnjudged = call.Method switch
        {
            "admin.Events" => !permission.KnowsEvents,
            "admin.vm.Stats" => !permission.KnowsQubes,
            _ => false,
        };
        if (isUnjudged && !IsHost(call.Source))
            throw new PermissionDeniedException("Only the host may listen to events: no policy says which ones others may have.");
    }

    public static bool IsHost(IQube caller) => caller.Class == QubeClass.AdminVM;

    private static bool IsKeptByTheDaemon(string feature) =>
        feature is "deferred-netvm-original"
            or "preload-dispvm" or "preload-dispvm-completed" or "preload-dispvm-in-progress" or "preload-dispvm-settings"
            or "preload-dispvm-demand";
}
