using System.Net.Sockets;
using Qubes.Sdk.LocalSockets;

namespace Qubes.Sdk.Tests;

public sealed class LocalListenerTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("sdk");

    private string Path => directory.FullName + "/run/qubesd.sock";

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public void Only_owner_and_group_may_connect()
    {
        using LocalListener listener = LocalListener.Open(Path, 1);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            File.GetUnixFileMode(Path));
    }

    [Fact]
    public void A_socket_that_nobody_listens_on_is_replaced()
    {
        directory.CreateSubdirectory("run");
        using var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        dead.Bind(new UnixDomainSocketEndPoint(Path));
        using LocalListener listener = LocalListener.Open(Path, 1);
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(Path));
    }

    [Fact]
    public void A_socket_that_somebody_listens_on_is_refused()
    {
        using LocalListener listener = LocalListener.Open(Path, 1);
        Assert.Throws<IOException>(() => LocalListener.Open(Path, 1));
        Assert.True(File.Exists(Path));
    }

    [Fact]
    public void The_socket_goes_with_its_listener()
    {
        LocalListener.Open(Path, 1).Dispose();
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public async Task The_peer_of_a_connection_is_known()
    {
        using LocalListener listener = LocalListener.Open(Path, 1);
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(Path));
        using Socket served = await listener.AcceptAsync(CancellationToken.None);
        PeerCredentials peer = PeerCredentials.Of(served);
        Assert.Equal(Environment.ProcessId, peer.Pid);
        Assert.True(listener.Admits(peer));
        Assert.True(listener.Admits(new(1, 0, 0)));
    }

    [Fact]
    public void A_directory_for_clients_is_closed_to_others_and_sticky()
    {
        LocalDirectory.Open(directory.FullName + "/vchan");
        const UnixFileMode Expected = UnixFileMode.StickyBit
            | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
        Assert.Equal(Expected, File.GetUnixFileMode(directory.FullName + "/vchan"));
    }
}
