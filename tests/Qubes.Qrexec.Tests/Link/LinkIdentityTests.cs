using FsCheck;
using FsCheck.Fluent;
using Qubes.Qrexec.Link;

namespace Qubes.Qrexec.Tests.Link;

public sealed class LinkIdentityTests
{
    internal static LinkIdentity Sample => new()
    {
        Seed = [.. Enumerable.Range(1, LinkIdentity.SeedSize).Select(i => (byte)i)],
        Time = 1_763_762_400_123_456_789,
        MachineId = new Guid("00112233-4455-4677-8899-aabbccddeeff"),
        BootId = new Guid("ffeeddcc-bbaa-4988-8766-554433221100"),
        IsAwaited = true,
        Name = "disp1234",
        Class = "DispVM",
        User = "user",
    };

    [Fact]
    public void Its_wire_form_is_the_one_that_is_documented()
    {
        var wire = Sample.Encode();
        Assert.Equal(109 + 9 + 7 + 5, wire.Length);
        Assert.Equal([2, 0, 0, 0, 1, 2, 3], wire[..7]);
        Assert.Equal(BitConverter.GetBytes(1_763_762_400_123_456_789), wire[68..76]);
        Assert.Equal(Convert.FromHexString("00112233445546778899aabbccddeeff"), wire[76..92]);
        Assert.Equal(Convert.FromHexString("ffeeddccbbaa49888766554433221100"), wire[92..108]);
        Assert.Equal([1, 8, .. "disp1234"u8, 6, .. "DispVM"u8, 4, .. "user"u8], wire[108..]);
    }

    [Fact]
    public void What_was_told_is_what_is_heard()
    {
        Assert.False(LinkIdentity.TryRead((Sample with { IsAwaited = false }).Encode())!.IsAwaited);
        var heard = LinkIdentity.TryRead(Sample.Encode())!;
        Assert.Equal(Sample.Seed, heard.Seed);
        Assert.Equal(Sample with { Seed = heard.Seed }, heard);
    }

    [Fact]
    public void Its_text_and_its_end_give_no_secret_away()
    {
        var identity = Sample;
        Assert.Equal("LinkIdentity { disp1234 }", identity.ToString());
        identity.Dispose();
        Assert.Equal(new byte[LinkIdentity.SeedSize], identity.Seed);
    }

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "another version", Changed(0, 1) },
        { "neither awaited nor not", Changed(108, 2) },
        { "a time before 1970", Changed(75, 0x80) },
        { "no name", Texts("", "DispVM", "user") },
        { "a name that begins with a digit", Texts("1a", "DispVM", "user") },
        { "a name with a line end", Texts("a\n", "DispVM", "user") },
        { "a name that is a path", Texts("a/b", "DispVM", "user") },
        { "a name too long", Texts(new string('a', 64), "DispVM", "user") },
        { "no class", Texts("a", "", "user") },
        { "a class with a digit", Texts("a", "DispVM2", "user") },
        { "a class too long", Texts("a", new string('a', 33), "user") },
        { "no user", Texts("a", "DispVM", "") },
        { "a user with a colon", Texts("a", "DispVM", "ro:ot") },
        { "a user that begins with a digit", Texts("a", "DispVM", "0") },
        { "a user too long", Texts("a", "DispVM", new string('a', 33)) },
        { "a text that is not ASCII", Changed(110, 0xe4) },
        { "a byte too many", [.. Sample.Encode(), 0] },
        { "a byte too few", Sample.Encode()[..^1] },
        { "a text that ends behind the end", Changed(109, 200) },
        { "no text", Sample.Encode()[..109] },
        { "nothing", [] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void What_is_malformed_in_any_way_is_not_read(string what, byte[] wire)
    {
        Assert.NotEmpty(what);
        Assert.Null(LinkIdentity.TryRead(wire));
    }

    [Fact]
    public void What_no_guest_would_read_is_not_written()
    {
        foreach (var wrong in (LinkIdentity[])
            [Sample with { Name = "a b" }, Sample with { User = "" }, Sample with { Class = "é" }, Sample with { Seed = new byte[63] }, Sample with { Time = -1 }])
        {
            Assert.False(wrong.IsValid);
            Assert.Throws<ArgumentException>(() => wrong.Encode());
        }
    }

    [Fact]
    public void Any_change_of_a_byte_is_read_as_another_identity_or_not_at_all() => Prop.ForAll<byte, byte>((at, value) =>
    {
        var wire = Sample.Encode();
        var index = at % wire.Length;
        wire[index] = value;
        return LinkIdentity.TryRead(wire) is not { } heard || heard.Encode().SequenceEqual(wire);
    }).QuickCheckThrowOnFailure();

    private static byte[] Changed(int at, byte value)
    {
        var wire = Sample.Encode();
        wire[at] = value;
        return wire;
    }

    private static byte[] Texts(params ReadOnlySpan<string> texts)
    {
        var wire = Sample.Encode()[..109].ToList();
        foreach (var text in texts)
            wire.AddRange([(byte)text.Length, .. System.Text.Encoding.ASCII.GetBytes(text)]);
        return [.. wire];
    }
}
