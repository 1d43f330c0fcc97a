using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.Cloning.Recipes;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Cloning.Tests.Recipes;

public sealed class ServiceListTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("my.Touch", "my.Touch")]
    [InlineData("my.Touch qubes.Other+a-b_c.1", "my.Touch|qubes.Other+a-b_c.1")]
    [InlineData("my.Touch+", "my.Touch+")]
    public void Services_are_separated_by_one_space(string text, string services) =>
        Assert.Equal(services, string.Join('|', ServiceList.Parse(text)));

    [Theory]
    [InlineData(" ")]
    [InlineData("a  b")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a+b+c")]
    [InlineData("../a")]
    [InlineData("-a")]
    [InlineData("a\nb")]
    [InlineData("a;b")]
    [InlineData("a a a a a a a a a a a a a a a a a")]
    public void Anything_else_is_refused(string text) => Assert.Throws<InvalidValueException>(() => ServiceList.Parse(text));

    [Fact]
    public void Whatever_the_text_it_is_parsed_or_refused() => Check.QuickThrowOnFailure(Prop.ForAll<NonNull<string>>(text =>
    {
        try
        {
            Assert.All(ServiceList.Parse(text.Get), s => Assert.DoesNotContain(s, c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '/'));
        }
        catch (InvalidValueException e)
        {
            Assert.DoesNotContain('\n', e.Message);
        }
    }));
}
