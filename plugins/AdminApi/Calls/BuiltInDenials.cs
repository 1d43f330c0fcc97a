using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

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

            // Each qube listed and each event would have to be judged by the policy, which does not reach here: until it
            // does, others than the host learn about the one qube that they may ask about, and see no events.
            case "admin.Events" or "admin.vm.Stats" when !IsHost(call.Source):
                throw new PermissionDeniedException("Only the host may listen to events.");
        }
    }

    public static bool IsHost(IQube caller) => caller.Class == QubeClass.AdminVM;

    private static bool IsKeptByTheDaemon(string feature) =>
        feature is "deferred-netvm-original"
            or "preload-dispvm" or "preload-dispvm-completed" or "preload-dispvm-in-progress";
}
