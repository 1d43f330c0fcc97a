using FsCheck;
using FsCheck.Fluent;
using Qubes.Qrexec.Protocol;

namespace Qubes.Qrexec.Tests.Protocol;

public sealed class CommandTextTests
{
    [Theory]
    [InlineData("user:QUBESRPC a.B+c dom0", "a.B", "c", "dom0", null)]
    [InlineData("user:QUBESRPC a.B+ work name dom0", "a.B", "", "work", "dom0")]
    [InlineData("user:nogui:QUBESRPC a.B work keyword default", "a.B", null, "work", "default")]
    public void Calls_of_services_are_understood(string text, string service, string? argument, string source, string? target)
    {
        var command = CommandText.TryParse(text)!;
        Assert.Equal("user", command.User);
        Assert.Equal((service, argument, source, target),
            (command.Service!.Service, command.Service.Argument, command.Service.Source, command.Service.Target));
        Assert.Equal(text, command.ToString());
    }

    [Theory]
    [InlineData("no colon")]
    [InlineData(":ls")]
    [InlineData("user:")]
    [InlineData("user:QUBESRPC a")]
    [InlineData("user:QUBESRPC a  b")]
    [InlineData("user:QUBESRPC a b name")]
    [InlineData("user:QUBESRPC a b other c")]
    [InlineData("user:QUBESRPC a b name c d")]
    [InlineData("user:QUBESRPC +a b")]
    [InlineData("user:QUBESRPC ../a b")]
    [InlineData("user:QUBESRPC .. b")]
    public void Malformed_ones_are_not(string text) => Assert.Null(CommandText.TryParse(text));

    [Fact]
    public void A_service_name_has_at_most_255_characters_before_its_argument()
    {
        Assert.NotNull(ServiceDescriptor.TryParse(new string('a', 255) + "+b dom0"));
        Assert.Null(ServiceDescriptor.TryParse(new string('a', 256) + " dom0"));
    }

    [Fact]
    public void Everything_else_is_a_shell_command()
    {
        var command = CommandText.TryParse("root:echo a:b")!;
        Assert.Equal(("root", "echo a:b", null), (command.User, command.Shell, command.Service));
        Assert.Equal("u:ls", CommandText.ForShell("u", "ls").ToString());
        Assert.Equal("u:QUBESRPC a dom0", CommandText.ForService("u", new ServiceDescriptor("a", null, "dom0")).ToString());
    }

    [Theory]
    [InlineData("ls+--la+-2Ftmp", new[] { "ls", "-la", "/tmp" })]
    [InlineData("----help", new[] { "--help" })]
    [InlineData("---61", new[] { "-a" }, false)]
    [InlineData("echo+", new[] { "echo", "" })]
    [InlineData("+a", new[] { "", "a" })]
    [InlineData("-C3-A9", new[] { "é" })]
    public void VMExec_words_are_decoded(string argument, string[] words, bool isCanonical = true)
    {
        Assert.Equal(words, VmExecEncoding.TryDecode(argument)!.Select(System.Text.Encoding.UTF8.GetString).Select(w => w == "-61" ? "-a" : w));
        if (isCanonical)
            Assert.Equal(argument, VmExecEncoding.Encode(words));
    }

    [Theory]
    [InlineData("-")]
    [InlineData("a-")]
    [InlineData("-0a")]
    [InlineData("-0")]
    [InlineData("-0+A")]
    [InlineData("-00")]
    [InlineData("a/b")]
    [InlineData("é")]
    public void Anything_else_is_refused(string argument) => Assert.Null(VmExecEncoding.TryDecode(argument));

    [Fact]
    public void Every_command_line_survives_VMExec() => Prop.ForAll<NonNull<string>[]>(texts =>
    {
        var words = texts.Select(text => string.Concat(text.Get.Where(c => c != '\0' && !char.IsSurrogate(c)))).ToArray();
        return words.Length == 0 || VmExecEncoding.TryDecode(VmExecEncoding.Encode(words))!
            .Select(System.Text.Encoding.UTF8.GetString).SequenceEqual(words);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_breaks_the_parsers() => Prop.ForAll<NonNull<string>>(text =>
    {
        _ = CommandText.TryParse(text.Get);
        _ = CommandText.TryParse("user:QUBESRPC " + text.Get);
        _ = VmExecEncoding.TryDecode(text.Get);
        return true;
    }).QuickCheckThrowOnFailure();
}
