using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.AdminApi.Wire;

namespace Qubes.Plugins.AdminApi.Tests.Wire;

public sealed class AdminRequestParserTests
{
    [Fact]
    public void Any_bytes_are_a_request_or_are_not_and_never_break_the_parser() =>
        Check.QuickThrowOnFailure(Prop.ForAll((byte[] bytes) => Agrees(bytes)));

    [Fact]
    public void Bytes_close_to_a_request_never_break_the_parser() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.GeneratorFor<byte>().Two().ListOf().Select(Mutated).ToArbitrary(), Agrees));

    [Fact]
    public void What_is_put_together_comes_apart_the_same() => Check.QuickThrowOnFailure(Prop.ForAll(
        (NonNull<string> argument, byte[] payload) =>
        {
            string text = string.Concat(argument.Get.Where(c => c is > ' ' and <= '~'));
            byte[] header = Encoding.ASCII.GetBytes($"a.Method+{text} src name dst\0");
            return AdminRequestParser.TryParse((byte[])[.. header, .. payload], out AdminRequest? request)
                && (request.Method, request.Argument, request.Source, request.Destination) == ("a.Method", text, "src", "dst")
                && request.Payload.Span.SequenceEqual(payload);
        }));

    [Fact]
    public void A_request_costs_the_memory_of_its_four_texts_and_little_else()
    {
        byte[] bytes = "admin.vm.property.Get+memory dom0 name work\0"u8.ToArray();
        Assert.True(AdminRequestParser.TryParse(bytes, out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            Assert.True(AdminRequestParser.TryParse(bytes, out _));
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 1, 280);
    }

    [Fact]
    public void A_space_in_the_destination_stays_in_it()
    {
        Assert.True(AdminRequestParser.TryParse("m a name b c d\0"u8.ToArray(), out AdminRequest? request));
        Assert.Equal("b c d", request.Destination);
    }

    private static bool Agrees(byte[] bytes)
    {
        bool parsed = AdminRequestParser.TryParse(bytes, out AdminRequest? request);
        return parsed == (request is not null) && (!parsed || bytes.Contains((byte)0));
    }

    private static byte[] Mutated(IEnumerable<(byte At, byte Value)> changes)
    {
        byte[] request = "admin.vm.List+x dom0 keyword adminvm\0payload"u8.ToArray();
        foreach (var (at, value) in changes.Take(4))
            request[at % request.Length] = value;
        return request;
    }
}
