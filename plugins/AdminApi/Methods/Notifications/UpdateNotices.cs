using System.Globalization;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.AdminApi.Methods.Notifications;

/// <summary>
/// What a qube says about updates that wait for it: <c>qubes.NotifyUpdates</c>. A qube that is based on a template speaks
/// for that one, and only to say that there are some while the template does not run and so cannot speak for itself.
/// </summary>
internal sealed class UpdateNotices(TimeProvider time)
{
    /// <exception cref="Sdk.Errors.ProtocolException">The payload is not a count.</exception>
    public void Receive(AdminCall call)
    {
        bool areAvailable = WireNumber.Size(call.Payload.Span) > 0;
        IQube origin = call.Source;
        while (origin.Template is { } template)
            origin = template;

        bool speaksForAnother = !ReferenceEquals(origin, call.Source);
        if (speaksForAnother && (!areAvailable || origin.PowerState != PowerState.Halted))
            return;

        string now = time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        origin.Features.Set("updates-available", areAvailable ? "1" : "");
        origin.Features.Set("last-updates-check", now);
        if (!areAvailable)
            origin.Features.Set("last-update", now);
    }
}
