using Qubes.GuestTools.Commands;

namespace Qubes.GuestTools.Tests.Commands;

public sealed class CommandLineTests
{
    private static readonly string[] Known = ["--flag|-f", "--value|--other|-v="];

    [Theory]
    [InlineData("--value", "x")]
    [InlineData("--value=x")]
    [InlineData("--other", "x")]
    [InlineData("-v", "x")]
    [InlineData("-vx")]
    public void Every_spelling_gives_the_value(params string[] arguments)
    {
        var line = CommandLine.Parse([.. arguments, "word"], Known);

        Assert.Equal("x", line.Value("--value"));
        Assert.Equal(["word"], line.Words);
    }

    [Fact]
    public void Options_may_follow_words_unless_words_end_them()
    {
        Assert.True(CommandLine.Parse(["word", "-f"], Known).Has("--flag"));
        Assert.Equal(["word", "-f"], CommandLine.Parse(["word", "-f"], Known, wordsEndOptions: true).Words);
    }

    [Fact]
    public void Everything_behind_two_dashes_is_a_word()
    {
        var line = CommandLine.Parse(["--", "-f", "--"], Known);

        Assert.Equal(["-f", "--"], line.Words);
        Assert.False(line.Has("--flag"));
    }

    [Fact]
    public void A_single_dash_and_nothing_are_words() => Assert.Equal(["-", ""], CommandLine.Parse(["-", ""], Known).Words);

    [Theory]
    [InlineData("--unknown")]
    [InlineData("-x")]
    [InlineData("--flag=x")]
    [InlineData("-fx")]
    [InlineData("--value")]
    [InlineData("--fla")]
    public void What_is_malformed_is_refused(string argument) =>
        Assert.Throws<UsageException>(() => CommandLine.Parse([argument], Known));

    [Theory]
    [InlineData("0")]
    [InlineData("11")]
    [InlineData("x")]
    [InlineData("")]
    public void Numbers_have_a_range(string text)
    {
        var line = CommandLine.Parse(["--value=" + text], Known);

        Assert.Throws<UsageException>(() => line.Number("--value", 1, 10, 5));
        Assert.Equal(5, CommandLine.Parse([], Known).Number("--value", 1, 10, 5));
    }
}
