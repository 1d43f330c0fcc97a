using Qubes.Plugins.AdminApi.Streams;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.AdminApi.Methods.Events;

/// <summary><c>admin.Events</c> (spec: Admin API, section 5).</summary>
internal sealed class EventMethods(EventBroadcast broadcast) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
        [new StreamingMethod("admin.Events", AdminDestination.Any, Presence.Forbidden, Presence.Forbidden, ListenAsync)];

    private async Task ListenAsync(AdminCall call, IAdminEventStream stream, CancellationToken cancel)
    {
        IQube? only = call.Destination.Class == QubeClass.AdminVM ? null : call.Destination;
        using IDisposable listening = broadcast.Listen((EventStream)stream, only, call.Permission);
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = cancel.Register(() => left.TrySetResult());
        await left.Task;
    }
}
