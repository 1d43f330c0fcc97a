using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.MemoryManager.Clients;

namespace Qubes.Plugins.MemoryManager.Tests.Clients;

public sealed class ClientRequestTests
{
    [Fact]
    public void A_number_asks_for_free_memory() =>
        Assert.Equal(new ClientRequest.Free(524288000), Parse("524288000"));

    [Fact]
    public void Pairs_ask_for_machines_memory_and_0_for_what_they_prefer()
    {
        var set = Assert.IsType<ClientRequest.Set>(Parse("37:0 38:1048576"));

        Assert.Equal(new Dictionary<int, long?> { [37] = null, [38] = 1048576 }, set.Machines);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" 5")]
    [InlineData("5 ")]
    [InlineData("-5")]
    [InlineData("5M")]
    [InlineData("+5")]
    [InlineData("5\r")]
    [InlineData("5 6")]
    [InlineData("12345678901234567")]
    [InlineData("9007199254740993")]
    [InlineData(":")]
    [InlineData("37:")]
    [InlineData(":0")]
    [InlineData("37:0:1")]
    [InlineData("37:0  38:0")]
    [InlineData("37:0 38")]
    [InlineData("37:0 ")]
    [InlineData("0:5")]
    [InlineData("2147483648:5")]
    [InlineData("37:0 37:5")]
    [InlineData("a:5")]
    public void Anything_else_is_no_request(string line) => Assert.Null(Parse(line));

    [Fact]
    public void A_line_that_is_too_long_is_no_request()
    {
        Assert.Null(Parse(string.Join(' ', Enumerable.Range(1, 400).Select(i => $"{i}:0"))));
        Assert.NotNull(Parse(string.Join(' ', Enumerable.Range(1, 100).Select(i => $"{i}:0"))));
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_what_is_read_is_in_bounds() => Check.QuickThrowOnFailure(Prop.ForAll((byte[] bytes) =>
        IsInBounds(ClientRequest.Parse(bytes))));

    [Fact]
    public void Any_digits_and_separators_are_read_or_refused() => Check.QuickThrowOnFailure(Prop.ForAll((byte[] bytes) =>
        IsInBounds(ClientRequest.Parse([.. bytes.Select(b => " :0123456789"u8[b % 12])]))));

    private static bool IsInBounds(ClientRequest? request) => request switch
    {
        null => true,
        ClientRequest.Free(var bytes) => bytes is >= 0 and <= 1L << 53,
        ClientRequest.Set(var machines) => machines.Count > 0 && machines.All(m => m.Key > 0 && m.Value is null or > 0 and <= 1L << 53),
        _ => false,
    };

    private static ClientRequest? Parse(string line) => ClientRequest.Parse(Encoding.ASCII.GetBytes(line));
}
