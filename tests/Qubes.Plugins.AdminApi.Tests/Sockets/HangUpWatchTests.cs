using System.Net.Sockets;
using Qubes.Plugins.AdminApi.Sockets;
using Qubes.Sdk.LocalSockets;

namespace Qubes.Plugins.AdminApi.Tests.Sockets;

public sealed class HangUpWatchTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("adm");
    private readonly HangUpWatch watch = new();

    public void Dispose()
    {
        watch.Dispose();
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_closed_peer_is_noticed_and_a_half_closed_one_is_not()
    {
        var (halfClosed, stays) = await PairAsync();
        var (closed, goes) = await PairAsync();
        bool tooEarly = false;
        var noticed = new TaskCompletionSource();
        using IDisposable first = watch.Watch(halfClosed, () => tooEarly = true);
        using IDisposable second = watch.Watch(closed, noticed.SetResult);

        stays.Shutdown(SocketShutdown.Send);
        goes.Shutdown(SocketShutdown.Send);
        goes.Dispose();
        await noticed.Task;
        Assert.False(tooEarly);
        first.Dispose();
        second.Dispose();
        stays.Dispose();
        halfClosed.Dispose();
        closed.Dispose();
    }

    [Fact]
    public async Task A_peer_that_left_before_the_watch_began_is_noticed()
    {
        var (closed, goes) = await PairAsync();
        goes.Dispose();
        var noticed = new TaskCompletionSource();
        using IDisposable watching = watch.Watch(closed, noticed.SetResult);
        await noticed.Task;
        watching.Dispose();
        closed.Dispose();
    }

    private async Task<(Socket Server, Socket Client)> PairAsync()
    {
        using LocalListener listener = LocalListener.Open(directory.FullName + "/s", 1);
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(directory.FullName + "/s"));
        return (await listener.AcceptAsync(CancellationToken.None), client);
    }
}
