using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Tests;

public sealed class QubeNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("None")]
    [InlineData("work-1_x.y")]
    [InlineData("abcdefghijklmnopqrstuvwxyz01234")]
    public void Names_that_are_accepted(string name) => QubeNames.Require(name);

    [Theory]
    [InlineData("")]
    [InlineData("-x")]
    [InlineData("1st")]
    [InlineData("a b")]
    [InlineData("caf\u00e9")]
    [InlineData("none")]
    [InlineData("default")]
    [InlineData("Domain-0")]
    [InlineData("x-dm")]
    [InlineData("abcdefghijklmnopqrstuvwxyz012345")]
    [InlineData("a/b")]
    public void Names_that_are_refused(string name) => Assert.Throws<InvalidValueException>(() => QubeNames.Require(name));
}
