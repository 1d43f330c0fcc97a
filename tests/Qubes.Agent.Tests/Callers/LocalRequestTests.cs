using FsCheck;
using FsCheck.Fluent;
using Qubes.Agent.Callers;
using Qubes.Qrexec.Protocol;

namespace Qubes.Agent.Tests.Callers;

public sealed class LocalRequestTests
{
    private static readonly TriggerRequest Asked = new("", "@dispvm", RequestId.FromText("SOCKET"), "svc+arg", null);

    [Fact]
    public void The_host_gets_the_request_under_another_id_in_the_version_it_speaks()
    {
        var id = RequestId.FromText("SOCKET17");
        foreach (var (version, type) in ((int, MessageType)[])[(4, MessageType.TriggerService4), (3, MessageType.TriggerService3)])
        {
            var message = Parse(Asked.Encode()).Encode(version, id)!;
            var header = MessageHeader.Read(message, version);
            Assert.Equal((type, message.Length - MessageHeader.Size), (header.Type, header.Length));
            Assert.Equal(Asked with { Id = id }, TriggerRequest.Parse(header.Type, version, message.AsSpan(MessageHeader.Size)));
        }

        var relayed = Asked with { Source = "work" };
        Assert.Equal("work", TriggerRequest.Parse(MessageType.TriggerService4, 4, Parse(relayed.Encode()).Encode(4, id).AsSpan(8)).Source);
        Assert.Null(Parse(relayed.Encode()).Encode(3, id));
        Assert.Null(Parse(Asked.Encode()).Encode(2, id));
    }

    public static TheoryData<byte[]> Wrong => new()
    {
        QrexecMessage.EncodeHello(4),
        (Asked with { Id = RequestId.FromText("SOCKET1") }).Encode(),
        (Asked with { Id = new RequestId("SOCKET\0x".PadRight(32, '\0')) }).Encode(),
        (Asked with { Service = "" }).Encode(),
        (Asked with { Service = "+arg" }).Encode(),
        (Asked with { Service = "a\0b" }).Encode(),
        QrexecMessage.Encode(MessageType.TriggerService4, Asked.Encode().AsSpan(8)[..^1]),
        QrexecMessage.Encode(MessageType.TriggerService4, Asked.Encode().AsSpan(8, 160)),
        QrexecMessage.Encode(MessageType.TriggerService4, []),
        QrexecMessage.Encode(MessageType.TriggerService3, Asked.Encode().AsSpan(8 + 64)),
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Anything_else_is_refused(byte[] message) => Assert.Throws<QrexecViolationException>(() => Parse(message));

    [Fact]
    public void No_bytes_do_more_than_be_refused() => Prop.ForAll<byte[], int>((noise, place) =>
    {
        var message = Asked.Encode();
        for (var i = 0; i < noise.Length; i++)
            message[(int)((uint)(place + i) % message.Length)] = noise[i];
        try
        {
            ReadOnlySpan<byte> input = message;
            if (new MessageDecoder().Read(ref input) is { } whole)
                LocalRequest.Parse(whole).Encode(4, RequestId.FromText("SOCKET1"));
        }
        catch (QrexecViolationException)
        {
        }

        return true;
    }).QuickCheckThrowOnFailure();

    private static LocalRequest Parse(byte[] message) => LocalRequest.Parse(
        new QrexecMessage((MessageType)BitConverter.ToInt32(message), message.AsMemory(MessageHeader.Size)));
}
