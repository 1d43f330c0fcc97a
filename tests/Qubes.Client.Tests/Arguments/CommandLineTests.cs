using FsCheck;
using FsCheck.Fluent;
using Qubes.Client.Arguments;
using Qubes.Client.Calling;
using Qubes.Qrexec.Protocol;

namespace Qubes.Client.Tests.Arguments;

public sealed class CommandLineTests
{
    [Fact]
    public void Every_option_is_understood_and_options_end_at_the_first_word()
    {
        var options = CommandLine.Parse(
            ["-tT", "--agent-socket=/a", "-p", "x", "--buffer-size", "4096", "-swork", "vm", "svc+arg", "/bin/true", "-t", "--"]);
        Assert.Equal(("vm", "svc+arg", "work", "/a", "x", 4096),
            (options.Target, options.Service, options.Source, options.AgentSocket, options.Prefix, options.BufferSize));
        Assert.Equal((true, true), (options.FiltersOutput, options.FiltersError));
        Assert.Equal(["/bin/true", "-t", "--"], options.Program);
        var others = CommandLine.Parse(["--no-filter-escape-chars-stdout", "--no-filter-escape-chars-stderr", "--use-stdin-socket", "--", "-vm", "svc"]);
        Assert.Equal((false, false, true, "-vm"), (others.FiltersOutput, others.FiltersError, others.UsesStdinSocket, others.Target));
        var neither = CommandLine.Parse(["", "svc"]);
        Assert.Equal((null, null, null), (neither.FiltersOutput, neither.FiltersError, neither.Prefix));
    }

    [Theory]
    [InlineData("")]
    [InlineData("vm")]
    [InlineData("vm|")]
    [InlineData("-x|vm|svc")]
    [InlineData("--no-such|vm|svc")]
    [InlineData("--use-stdin-socket=1|vm|svc")]
    [InlineData("--use-stdin-socket|vm|svc|/bin/true")]
    [InlineData("-p|x|--prefix-data=y|vm|svc")]
    [InlineData("--buffer-size=0|vm|svc")]
    [InlineData("--buffer-size=-1|vm|svc")]
    [InlineData("--buffer-size=x|vm|svc")]
    [InlineData("--agent-socket")]
    [InlineData("-p")]
    [InlineData("-s|0123456789012345678901234567890123456789012345678901234567890123|vm|svc")]
    public void Anything_else_is_a_usage_error(string arguments) =>
        Assert.Throws<UsageException>(() => CommandLine.Parse(arguments.Length == 0 ? [] : arguments.Split('|')));

    [Fact]
    public void A_service_that_fits_no_message_is_a_usage_error()
    {
        Assert.Throws<UsageException>(() => CommandLine.Parse(["vm", new string('x', QrexecLimits.ServiceName)]));
        CommandLine.Parse(["vm", new string('x', QrexecLimits.ServiceName - 1)]);
    }

    [Fact]
    public void No_command_line_does_more_than_be_refused() => Prop.ForAll<NonNull<string>[]>(words =>
    {
        try
        {
            CallRequest.Encode(CommandLine.Parse([.. words.Select(word => "-" + word.Get), .. words.Select(word => word.Get)]));
        }
        catch (UsageException)
        {
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("vm", "vm")]
    [InlineData("", "@default")]
    [InlineData("$dispvm:$x", "@dispvm:@x")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789", "012345678901234567890123456789012345678901234567890123456789012")]
    public void The_target_is_sent_as_the_host_expects_it(string given, string sent)
    {
        var message = CallRequest.Encode(new CallOptions { Target = given, Service = "svc+arg", Source = "work" });
        var request = TriggerRequest.Parse(MessageType.TriggerService4, 4, message.AsSpan(MessageHeader.Size));
        Assert.Equal((sent, "svc+arg", "work", "SOCKET", null), (request.Target, request.Service, request.Source, request.Id.Text, request.Fault));
    }
}
