using Qubes.Sdk.Admin;

namespace Qubes.Plugins.AdminApi.Tests.Streams;

/// <summary>A plugin's streaming method: one event about its destination, then it waits for its client to leave.</summary>
internal sealed class StreamProvider(TaskCompletionSource ended) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
        [new StreamingMethod("test.Stream", AdminDestination.Any, Presence.Forbidden, Presence.Forbidden, RunAsync)];

    private async Task RunAsync(AdminCall call, IAdminEventStream stream, CancellationToken cancel)
    {
        if (ended.Task.IsCompleted)
        {
            stream.Write(call.Destination, "progress", new KeyValuePair<string, string>("percent", "50"));
            return;
        }
        await using CancellationTokenRegistration registration = cancel.Register(() => ended.TrySetResult());
        await ended.Task;
    }
}
