using System.Text;
using Qubes.Qrexec.Protocol;

namespace Qubes.Qrexec.Tests.Protocol;

public sealed class TriggerRequestTests
{
    [Fact]
    public void Names_and_services_are_made_harmless_not_refused()
    {
        var body = Body("src$/x", "@dispvm:a b", "SOCKET 5", "test.A+b/c;é\0");
        var request = TriggerRequest.Parse(MessageType.TriggerService4, 4, body);
        Assert.Null(request.Fault);
        Assert.Equal("src__x", request.Source);
        Assert.Equal("@dispvm:a_b", request.Target);
        Assert.Equal("test.A+b_c___", request.Service);
        Assert.Equal("SOCKET 5", request.Id.Text);
    }

    [Fact]
    public void A_name_that_fills_its_field_is_cut_before_the_last_byte()
    {
        var request = TriggerRequest.Parse(MessageType.TriggerService4, 4, Body(new string('a', 64), "", "x", "s\0"));
        Assert.Equal(new string('a', 63), request.Source);
    }

    [Theory]
    [InlineData("SOCKET5", "a")]
    [InlineData("SOCKET5", "a\0b\0")]
    [InlineData("SOCKET5", "a\0\0")]
    [InlineData("SOCKET5", "\0")]
    [InlineData("SOCKET5", "+a\0")]
    [InlineData("SOCKET/5", "a\0")]
    [InlineData("SOCKET\05", "a\0")]
    [InlineData("12345678901234567890123456789012", "a\0")]
    public void A_bad_service_or_id_is_a_fault_that_keeps_the_id_as_received(string id, string service)
    {
        var request = TriggerRequest.Parse(MessageType.TriggerService3, 4, Body(null, "t", id, service));
        Assert.NotNull(request.Fault);
        Assert.Equal(id.PadRight(32, '\0'), request.Id.Raw);
        Assert.Equal(Encoding.Latin1.GetBytes(id.PadRight(32, '\0')), request.Id.EncodeRefused()[MessageHeader.Size..]);
    }

    [Theory]
    [InlineData(MessageType.TriggerService, 3)]
    [InlineData(MessageType.TriggerService3, 2)]
    [InlineData(MessageType.TriggerService4, 3)]
    [InlineData(MessageType.Hello, 4)]
    public void A_type_that_does_not_fit_the_version_is_a_violation(MessageType type, int version) =>
        Assert.Throws<QrexecViolationException>(() => TriggerRequest.Parse(type, version, Body("s", "t", "i", "a\0")));

    [Theory]
    [InlineData(MessageType.TriggerService, 2, 127)]
    [InlineData(MessageType.TriggerService, 2, 129)]
    [InlineData(MessageType.TriggerService3, 3, 96)]
    [InlineData(MessageType.TriggerService4, 4, 160)]
    [InlineData(MessageType.TriggerService4, 4, 65161)]
    public void An_impossible_length_is_a_violation(MessageType type, int version, int length) =>
        Assert.Throws<QrexecViolationException>(() => TriggerRequest.Parse(type, version, new byte[length]));

    [Fact]
    public void Protocol_2_has_the_service_first()
    {
        var body = new byte[128];
        "test.A"u8.CopyTo(body);
        "target"u8.CopyTo(body.AsSpan(64));
        "id"u8.CopyTo(body.AsSpan(96));
        var request = TriggerRequest.Parse(MessageType.TriggerService, 2, body);
        Assert.Equal(("", "target", "test.A", null), (request.Source, request.Target, request.Service, request.Fault));
    }

    [Fact]
    public void What_is_encoded_is_parsed_again()
    {
        var request = new TriggerRequest("src", "@default", RequestId.FromText("SOCKET"), "a.B+c", null);
        Assert.Equal(request, TriggerRequest.Parse(MessageType.TriggerService4, 4, request.Encode().AsSpan(MessageHeader.Size)));
    }

    private static byte[] Body(string? source, string target, string id, string service) =>
    [
        .. source is null ? [] : Pad(source, 64), .. Pad(target, 64), .. Pad(id, 32), .. Encoding.UTF8.GetBytes(service),
    ];

    private static byte[] Pad(string text, int width) => Encoding.Latin1.GetBytes(text.PadRight(width, '\0'));
}
