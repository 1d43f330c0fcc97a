using System.Reflection;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Tests;

public sealed class RefusalTests
{
    public static TheoryData<Type> Family =>
        [.. typeof(QubesException).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(QubesException)))];

    [Theory]
    [MemberData(nameof(Family))]
    public void Every_refusal_carries_a_name_of_its_own(Type type)
    {
        var refusal = (QubesException)Activator.CreateInstance(type, "because")!;

        Assert.Equal("because", refusal.Message);
        Assert.NotEqual("QubesException", refusal.WireName);
        Assert.Single(typeof(QubesException).Assembly.GetTypes(), t => WireNameOf(t) == refusal.WireName);
    }

    // Clients catch by base class (spec: Admin API, section 3.2).
    [Theory]
    [InlineData(typeof(QubeNotRunningException), typeof(QubeNotStartedException))]
    [InlineData(typeof(QubeNotPausedException), typeof(QubeNotStartedException))]
    [InlineData(typeof(QubeInUseException), typeof(QubeException))]
    [InlineData(typeof(PropertyValueException), typeof(InvalidValueException))]
    [InlineData(typeof(InvalidTagException), typeof(ProtocolException))]
    public void The_family_is_derived_as_on_the_wire(Type derived, Type expected) => Assert.Equal(expected, derived.BaseType);

    [Fact]
    public void A_plugin_cannot_invent_a_wire_name() =>
        Assert.DoesNotContain(
            typeof(QubesException).GetConstructors(BindingFlags.Public | BindingFlags.Instance),
            c => c.GetParameters() is [{ Name: "wireName" }, ..]);

    private static string? WireNameOf(Type type) =>
        type.IsSubclassOf(typeof(QubesException)) ? ((QubesException)Activator.CreateInstance(type, "")!).WireName : null;
}
