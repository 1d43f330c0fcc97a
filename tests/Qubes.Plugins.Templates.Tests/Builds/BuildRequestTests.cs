using System.Text;
using Qubes.Plugins.Templates.Builds;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Templates.Tests.Builds;

public sealed class BuildRequestTests
{
    [Theory]
    [InlineData("", null, true, false)]
    [InlineData("\n", null, true, false)]
    [InlineData("name=web\ndvm=no\nforce=yes\n", "web", false, true)]
    [InlineData("force=no\ndvm=yes", null, true, false)]
    public void Lines_are_read(string payload, string? name, bool withDisposable, bool force) =>
        Assert.Equal(new BuildRequest("recipe", name, withDisposable, force), Parse(payload));

    [Theory]
    [InlineData("color=red", "'color=red'")]
    [InlineData("dvm", "'dvm'")]
    [InlineData("dvm=maybe", "'dvm=maybe'")]
    [InlineData("force=yes\nforce=yes", "'force=yes'")]
    [InlineData("name=a\nname=b", "'name=b'")]
    [InlineData("name=", "cannot be a template's name")]
    [InlineData("name=../x", "cannot be a template's name")]
    [InlineData("name=abcdefghijklmnopqrstuvwxyz12", "so that '-dvm' fits behind")]
    [InlineData("\u001b[2J", "'?[2J'")]
    public void Anything_else_is_refused(string payload, string part) =>
        Assert.Contains(part, Assert.Throws<InvalidValueException>(() => Parse(payload)).Message);

    private static BuildRequest Parse(string payload) => BuildRequest.Parse("recipe", Encoding.Latin1.GetBytes(payload));
}
