using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Scripts.Offers;

/// <summary>What counts while a script that decides about calls of the Admin API cannot: nobody but the host may call.</summary>
internal static class AccessWithoutDecision
{
    /// <exception cref="PermissionDeniedException">The caller is not the host.</exception>
    public static void Refuse(AdminPermission call, string script)
    {
        if (call.Caller.Class != QubeClass.AdminVM)
            throw new PermissionDeniedException($"{call.Method} is refused: the script {script}, which decides about it, does not work");
    }
}
