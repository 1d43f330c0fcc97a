using System.Net.Sockets;
using System.Text;
using Qubes.Plugins.AdminApi.Sockets;

namespace Qubes.Plugins.AdminApi.Tests.Sockets;

public sealed class FramingTests
{
    [Theory]
    [InlineData("admin.vm.List+ dom0 name dom0")]
    [InlineData("")]
    [InlineData("admin.vm.List+ dom0 name\0")]
    [InlineData("admin.vm.List+ dom0 qube dom0\0")]
    [InlineData("admin.vm.List+ dom0 keyword dom0\0")]
    [InlineData("admin.vm.List+ dom0 keyword @adminvm\0")]
    [InlineData("admin.v\u00e9.List+ dom0 name dom0\0")]
    [InlineData("admin.vm.List+ d\u00f6m0 name dom0\0")]
    [InlineData("admin.vm.List+ dom0 name d\u00f6m0\0")]
    [InlineData("admin.vm.List+\u00e9 dom0 name dom0\0")]
    public async Task A_framing_error_is_answered_with_nothing(string request)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.Equal("", await daemon.SendAsync(request));
        Assert.StartsWith("0\0dom0 ", await daemon.CallAsync("admin.vm.List+"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("admin.label.List+ dom0 name dom0\0")]
    [InlineData("admin.label.List dom0 name dom0\0")]
    [InlineData("admin.label.List+ dom0 keyword adminvm\0")]
    [InlineData("admin.label.List+ uuid:00000000-0000-0000-0000-000000000000 name uuid:00000000-0000-0000-0000-000000000000\0")]
    public async Task Every_spelling_of_a_call_is_understood(string request)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.Equal("0\0red\nblue\n", await daemon.SendAsync(request));
    }

    [Theory]
    [InlineData("t.nosuch+ nosuch name nosuch2\0", "QubesVMNotFoundError", "No such domain: 'nosuch'")]
    [InlineData("t.nosuch+ dom0 name nosuch2\0", "QubesVMNotFoundError", "No such domain: 'nosuch2'")]
    [InlineData("t.nosuch+ dom0 name None\0", "QubesVMNotFoundError", "No such domain: 'None'")]
    [InlineData("t.nosuch+x dom0 name work\0", "ProtocolError", "no such method: 't.nosuch'")]
    [InlineData("admin.vmclass.List+x dom0 name work\0y", "ProtocolError", "unexpected payload")]
    [InlineData("admin.vmclass.List+x dom0 name work\0", "ProtocolError", "unexpected argument")]
    [InlineData("admin.vmclass.List+ dom0 name work\0", "ProtocolError", "expected destination to be AdminVM")]
    [InlineData("admin.vm.notes.Get+ dom0 name dom0\0", "ProtocolError", "expected destination to not be AdminVM")]
    [InlineData("admin.vm.property.Get+ dom0 name work\0", "ProtocolError", "expected an argument")]
    [InlineData("admin.vm.Create.AppVM+ dom0 name dom0\0", "ProtocolError", "expected payload")]
    public async Task Checks_come_in_the_specified_order(string request, string wireClass, string message)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.Equal($"2\0{wireClass}\0\0{message}\0", await daemon.SendAsync(request));
    }

    [Theory]
    [InlineData("", "QubesValueError")]
    [InlineData("-x", "QubesValueError")]
    [InlineData("0x", "QubesValueError")]
    [InlineData("a/b", "QubesValueError")]
    [InlineData("a b", "QubesValueError")]
    [InlineData("none", "QubesValueError")]
    [InlineData("default", "QubesValueError")]
    [InlineData("Domain-0", "QubesValueError")]
    [InlineData("x-dm", "QubesValueError")]
    [InlineData("a2345678901234567890123456789012", "QubesValueError")]
    [InlineData("a234567890123456789012345678901", "QubesVMNotFoundError")]
    [InlineData("uuid:", "QubesVMInvalidUUIDError")]
    [InlineData("uuid:00000000-0000-0000-0000-00000000000", "QubesVMInvalidUUIDError")]
    [InlineData("uuid:0000000A-0000-0000-0000-000000000000", "QubesVMInvalidUUIDError")]
    [InlineData("uuid: 0000000-0000-0000-0000-000000000000", "QubesVMInvalidUUIDError")]
    [InlineData("uuid:0000000a-0000-0000-0000-000000000000", "QubesVMNotFoundError")]
    public async Task A_destination_is_named_properly(string destination, string wireClass)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        string answer = await daemon.CallAsync("admin.vm.List+", destination);
        Assert.StartsWith($"2\0{wireClass}\0\0", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_argument_and_a_payload_keep_every_byte_that_is_theirs()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.Shutdown+force+wait", "work"));
        Assert.Equal("shutdown force=True wait=True", Assert.Single(daemon.Work.Done));
        // A NUL inside the payload reaches the method, which refuses it.
        Assert.StartsWith("2\0ProtocolError\0", await daemon.CallAsync("admin.vm.feature.Set+f", "work", "a\0b"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(65536, "0\0")]
    [InlineData(65537, "")]
    [InlineData(1_000_000, "")]
    public async Task A_request_has_at_most_65536_bytes(int length, string expected)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        byte[] request = new byte[length];
        request.AsSpan().Fill((byte)'x');
        "admin.vm.feature.Set+f dom0 name work\0"u8.CopyTo(request);
        Assert.Equal(expected, await daemon.SendAsync(request));
    }

    [Fact]
    public async Task Nothing_happens_before_the_client_has_shut_down_its_writing()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        using Socket socket = daemon.Connect();
        await socket.SendAsync(Encoding.ASCII.GetBytes("admin.vm.Start+ dom0 name work\0"));
        Assert.StartsWith("0\0", await daemon.CallAsync("admin.vm.List+"), StringComparison.Ordinal);
        Assert.Empty(daemon.Work.Done);
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("0\0", await TestDaemon.ReadToEndAsync(socket));
        Assert.Equal("start", Assert.Single(daemon.Work.Done));
    }

    [Fact]
    public async Task A_request_that_trickles_in_is_dropped_at_its_deadline()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        using Socket socket = daemon.Connect();
        await socket.SendAsync(Encoding.ASCII.GetBytes("admin.vm.St"));
        await daemon.Time.UntilWaitedForAsync(AdminConnection.Patience);
        daemon.Time.Advance(AdminConnection.Patience);
        Assert.Equal("", await TestDaemon.ReadToEndAsync(socket));
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_its_request_harms_nobody()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        using (Socket socket = daemon.Connect())
            await socket.SendAsync(Encoding.ASCII.GetBytes("admin.vm.Start+ dom0 name work"));
        Assert.StartsWith("0\0", await daemon.CallAsync("admin.vm.List+"), StringComparison.Ordinal);
        Assert.Empty(daemon.Work.Done);
    }
}
