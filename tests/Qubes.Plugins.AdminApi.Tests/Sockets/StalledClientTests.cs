using System.Net.Sockets;
using Qubes.Plugins.AdminApi.Sockets;

namespace Qubes.Plugins.AdminApi.Tests.Sockets;

public sealed class StalledClientTests
{
    [Fact]
    public async Task More_stalled_clients_than_there_are_places_keep_nobody_out_and_the_oldest_go()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var stalled = new List<Socket>();
        try
        {
            for (int i = 0; i < AdminServer.MaxClients + 20; i++)
            {
                stalled.Add(daemon.Connect());
                await stalled[^1].SendAsync("admin.vm."u8.ToArray());
            }

            Assert.Equal("0\0red\nblue\n", await daemon.CallAsync("admin.label.List+"));
            // The clock stands still, so that it was not their time that was up.
            Assert.Equal(0, await stalled[0].ReceiveAsync(new byte[1]));
            await stalled[^1].SendAsync("List+ dom0 name dom0\0"u8.ToArray());
            stalled[^1].Shutdown(SocketShutdown.Send);
            Assert.True(await stalled[^1].ReceiveAsync(new byte[1]) > 0);
        }
        finally
        {
            stalled.ForEach(s => s.Dispose());
        }
    }
}
