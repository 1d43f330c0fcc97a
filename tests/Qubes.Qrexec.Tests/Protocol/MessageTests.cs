using FsCheck;
using FsCheck.Fluent;
using Qubes.Qrexec.Protocol;

namespace Qubes.Qrexec.Tests.Protocol;

public sealed class MessageTests
{
    [Fact]
    public void Messages_survive_any_split() => Prop.ForAll<byte[], byte[]>((body, cuts) =>
    {
        var all = QrexecMessage.EncodeHello(4).Concat(QrexecMessage.Encode(MessageType.DataStdin, body)).ToArray();
        var messages = Decode(all, cuts);
        return messages.Count == 2 && messages[0].ReadHello() == 4
            && messages[1].Type == MessageType.DataStdin && messages[1].Body.Span.SequenceEqual(body);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Hostile_bytes_are_decoded_or_refused_and_nothing_else() => Prop.ForAll<byte[], byte[]>((bytes, cuts) =>
    {
        try
        {
            foreach (var message in Decode(bytes, cuts))
                ParseBody(message);
        }
        catch (QrexecViolationException)
        {
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Hostile_bodies_of_every_type_are_parsed_or_refused() => Prop.ForAll<byte[]>(bytes =>
    {
        foreach (var type in Enum.GetValues<MessageType>())
        {
            foreach (var length in (int[])[0, 0, 120, 130, 230])
            {
                try
                {
                    ParseBody(new QrexecMessage(type, new byte[length].Concat(bytes).ToArray()));
                }
                catch (QrexecViolationException)
                {
                }
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0x999, 0)]
    [InlineData(0x300, 5)]
    [InlineData(0x190, 65537)]
    [InlineData(0x200, 65536)]
    [InlineData(0x203, 33)]
    [InlineData(0x211, 9)]
    [InlineData(0x213, 65161)]
    [InlineData(0x190, -1)]
    public void A_header_with_an_unknown_type_or_too_long_a_body_is_a_violation(int type, int length)
    {
        var header = new byte[MessageHeader.Size];
        new MessageHeader((MessageType)type, length).Write(header);
        Assert.Throws<QrexecViolationException>(() => MessageHeader.Read(header, 4));
    }

    [Fact]
    public void Protocol_2_allows_4096_bytes_of_data_and_later_ones_65536()
    {
        var header = new byte[MessageHeader.Size];
        new MessageHeader(MessageType.DataStdout, 4097).Write(header);
        Assert.Throws<QrexecViolationException>(() => MessageHeader.Read(header, 2));
        Assert.Equal(4097, MessageHeader.Read(header, 3).Length);
        new MessageHeader(MessageType.DataStdout, 65536).Write(header);
        Assert.Equal(65536, MessageHeader.Read(header, 3).Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-4)]
    public void A_version_below_2_is_refused(int version) =>
        Assert.Throws<QrexecViolationException>(() => ProtocolVersion.Negotiate(version));

    [Theory]
    [InlineData(2, 2)]
    [InlineData(4, 4)]
    [InlineData(99, 4)]
    public void The_smaller_version_is_spoken(int peer, int spoken) => Assert.Equal(spoken, ProtocolVersion.Negotiate(peer));

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0\0\0\0\0\0")]
    [InlineData("\0\0\0\0\0\0\0\0abc")]
    [InlineData("\0\0\0\0\0\0\0\0a\0b\0")]
    [InlineData("\0\0\0\0\0\0\0\0a\0\0")]
    public void A_command_needs_its_parameters_a_text_and_one_final_nul(string body) =>
        Assert.Throws<QrexecViolationException>(() => ExecRequest.Parse(System.Text.Encoding.Latin1.GetBytes(body)));

    [Fact]
    public void A_command_that_is_not_UTF_8_or_has_a_negative_domain_is_refused()
    {
        Assert.Throws<QrexecViolationException>(() => ExecRequest.Parse([0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0]));
        Assert.Throws<QrexecViolationException>(() => ExecRequest.Parse([0, 0, 0, 0x80, 0, 0, 0, 0, 65, 0]));
    }

    [Fact]
    public void Requests_come_back_as_they_went()
    {
        var exec = new ExecRequest(new ExecParameters(7, 513), "user:QUBESRPC a+b dom0");
        Assert.Equal(exec, ExecRequest.Parse(exec.Encode(MessageType.ExecCmdline).AsSpan(MessageHeader.Size)));
        var connect = new ServiceConnect(new ExecParameters(7, 513), RequestId.FromText("SOCKET5"));
        Assert.Equal(connect, ServiceConnect.Parse(connect.Encode().AsSpan(MessageHeader.Size)));
        Assert.Throws<ArgumentException>(() => (exec with { Command = "a\0" }).Encode(MessageType.ExecCmdline));
        Assert.Throws<ArgumentException>(() => (exec with { Command = new string('a', 65535) }).Encode(MessageType.ExecCmdline));
    }

    private static void ParseBody(QrexecMessage message)
    {
        var body = message.Body.Span;
        switch (message.Type)
        {
            case MessageType.ExecCmdline or MessageType.JustExec:
                ExecRequest.Parse(body);
                break;
            case MessageType.ServiceConnect:
                ServiceConnect.Parse(body);
                break;
            case MessageType.TriggerService:
                TriggerRequest.Parse(message.Type, 2, body);
                break;
            case MessageType.TriggerService3 or MessageType.TriggerService4:
                TriggerRequest.Parse(message.Type, 4, body);
                break;
            case MessageType.Hello:
                message.ReadHello();
                break;
            case MessageType.ConnectionTerminated:
                ExecParameters.Read(body);
                break;
        }
    }

    private static List<QrexecMessage> Decode(byte[] bytes, byte[] cuts)
    {
        var decoder = new MessageDecoder();
        var result = new List<QrexecMessage>();
        for (var (at, i) = (0, 0); at < bytes.Length; i++)
        {
            var count = Math.Min(bytes.Length - at, cuts.Length == 0 ? 1 : cuts[i % cuts.Length] + 1);
            ReadOnlySpan<byte> input = bytes.AsSpan(at, count);
            at += count;
            while (decoder.Read(ref input) is { } message)
                result.Add(message);
            Assert.True(input.IsEmpty);
        }

        return result;
    }
}
