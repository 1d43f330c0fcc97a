using Qubes.Plugins.AdminApi.Tests.Kernel;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.AdminApi.Tests.Wire;

public sealed class EventTextTests
{
    public static TheoryData<object?, string> Values => new()
    {
        { null, "None" },
        { true, "True" },
        { false, "False" },
        { -12, "-12" },
        { 1.5, "1.5" },
        { "", "" },
        { "a'b", "a'b" },
        { new[] { "a", "b'c" }, @"['a', 'b\'c']" },
        { Array.Empty<string>(), "[]" },
        { new object?[] { 1, true, null }, "[1, True, None]" },
        { new Dictionary<string, string> { ["k"] = "v" }, "{'k': 'v'}" },
        { Guid.Empty, "00000000-0000-0000-0000-000000000000" },
        { new Label(1, "red", "0xcc0000"), "red" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_is_written_as_clients_expect(object? value, string text) => Assert.Equal(text, EventText.Of(value));

    [Fact]
    public void A_qube_is_written_by_name() =>
        Assert.Equal("work", EventText.Of(new TestQube("work", 1, QubeClass.AppVM)));

    [Fact]
    public void A_key_that_would_end_the_record_is_refused() =>
        Assert.Throws<ArgumentException>(() => AdminRecord.Event("s", "e", [new("", "v")]));

    [Fact]
    public void What_a_client_chose_is_cut_and_escaped_for_logs()
    {
        Assert.Equal(@"a\u001b[0m\u000a\u005c", new UntrustedText("a\u001b[0m\n\\").ToString());
        Assert.Equal(203, new UntrustedText(new string('x', 5000)).ToString().Length);
    }
}
