using System.Net.Sockets;
using Qubes.Plugins.Qemu.Memory;
using Qubes.Plugins.Qemu.Qmp;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Tests.Qmp;

/// <summary>That QEMU finds the descriptor is what every freeze shows; here is what surrounds it.</summary>
public sealed class DescriptorMessageTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly Socket ours = NewSocket();
    private readonly Socket theirs;
    private readonly MemoryFile file = MemoryFile.Of("test", "content"u8);

    public DescriptorMessageTests()
    {
        using var listener = NewSocket();
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        ours.Connect(new UnixDomainSocketEndPoint(path));
        theirs = listener.Accept();
    }

    public void Dispose()
    {
        ours.Dispose();
        theirs.Dispose();
        file.Dispose();
        File.Delete(path);
    }

    [Fact]
    public void The_bytes_arrive_whole_and_the_file_stays_ours()
    {
        DescriptorMessage.Send(ours, "{}\n"u8, file.Handle);
        var received = new byte[8];
        Assert.Equal(3, theirs.Receive(received));
        Assert.Equal(7, file.Size);
    }

    [Fact]
    public void A_peer_that_is_gone_or_takes_nothing_more_is_told()
    {
        theirs.ReceiveBufferSize = 1;
        var line = new byte[64 * 1024];
        ours.Blocking = false;
        Assert.Throws<QubeException>(() =>
        {
            for (var i = 0; i < 1000; i++)
                DescriptorMessage.Send(ours, line, file.Handle);
        });
        theirs.Dispose();
        Assert.Throws<QubeException>(() => DescriptorMessage.Send(ours, line, file.Handle));
    }

    [Fact]
    public void A_file_that_is_closed_is_nobodys_to_send()
    {
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => DescriptorMessage.Send(ours, "{}"u8, file.Handle));
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
