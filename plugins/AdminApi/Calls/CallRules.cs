using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Calls;

/// <summary>What a method declares about its calls, checked in the specified order (spec: Admin API, section 3.1).</summary>
internal static class CallRules
{
    /// <exception cref="ProtocolException">The call does not fit the method.</exception>
    public static void Check(AdminMethod method, AdminCall call)
    {
        Check(method.Payload, call.Payload.IsEmpty, "expected payload", "unexpected payload");
        Check(method.Argument, call.Argument.Length == 0, "expected an argument", "unexpected argument");

        bool isHost = call.Destination.Class == QubeClass.AdminVM;
        if (method.Destination == AdminDestination.AdminVm && !isHost)
            throw new ProtocolException("expected destination to be AdminVM");
        if (method.Destination == AdminDestination.Qube && isHost)
            throw new ProtocolException("expected destination to not be AdminVM");
    }

    private static void Check(Presence presence, bool isEmpty, string missing, string unexpected)
    {
        if (presence == Presence.Required && isEmpty)
            throw new ProtocolException(missing);
        if (presence == Presence.Forbidden && !isEmpty)
            throw new ProtocolException(unexpected);
    }
}
