using FsCheck;
using FsCheck.Fluent;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Tests.Terminal;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("plain Grüße\tx\ny", "plain Grüße\tx\ny")]
    [InlineData("\u001b[31m", "\\x1b[31m")]
    [InlineData("a\u009bb", "a\\x9bb")]
    [InlineData("a\r\u007f\0", "a\\x0d\\x7f\\x00")]
    [InlineData("ev\u202eil", "ev\\u202eil")]
    public void Control_characters_become_escapes(string text, string safe) => Assert.Equal(safe, SafeText.Escape(text));

    [Fact]
    public void One_line_stays_one_line() => Assert.Equal("a\\nb", SafeText.OneLine("a\nb\n\n"));

    [Fact]
    public void Nothing_that_moves_a_cursor_passes() =>
        Check.QuickThrowOnFailure(Prop.ForAll(
            ArbMap.Default.ArbFor<string>().Filter(text => text is not null),
            text => SafeText.Escape(text).All(c => !char.IsControl(c) || c is '\t' or '\n')));
}
