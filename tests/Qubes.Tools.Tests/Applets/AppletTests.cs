using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Applets;

public sealed class AppletTests : BenchTests
{
    public static TheoryData<string> Names => [.. AppletRegistry.Names];

    [Theory, MemberData(nameof(Names))]
    public async Task Every_applet_has_help_and_version_and_needs_no_daemon_for_them(string name)
    {
        Assert.Equal(name, AppletRegistry.Make(name).Name);
        foreach (var option in new[] { "--help", "-h" })
        {
            var help = await Bench.RunAsync(name, option);
            Assert.Equal((0, ""), (help.Code, help.Error));
            Assert.Contains(AppletRegistry.Make(name).Summary, help.Output);
        }

        var version = await Bench.RunAsync(name, "--version");
        Assert.Equal(0, version.Code);
        Assert.Matches($"^{name} [0-9]+\\.[0-9]+\\.[0-9]+\n$", version.Output);
    }

    [Theory, MemberData(nameof(Names))]
    public void No_applet_declares_a_collection_that_trimming_breaks(string name)
    {
        // The reason given for NoWarn IL2104 in Qubes.Tools.csproj.
        var command = new Command(name);
        AppletRegistry.Make(name).Describe(command);
        foreach (var type in command.Options.Select(option => option.ValueType).Concat(command.Arguments.Select(argument => argument.ValueType)))
            Assert.False(type.IsGenericType && Nullable.GetUnderlyingType(type) is null, $"{name} declares {type}");
    }

    [Fact]
    public async Task An_unknown_option_is_a_wrong_command_line_in_one_line()
    {
        var result = await Bench.RunAsync("qvm-start", "--frobnicate", "vm0", "--all");
        Assert.Equal((2, ""), (result.Code, result.Output));
        Assert.StartsWith("qvm-start: error: ", result.Error);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("--frob", "qvm-start", "--frob")]
    [InlineData("--frob", "qvm-ls", "vm0", "--frob")]
    [InlineData("-z", "qvm-preload", "status", "-z")]
    [InlineData("-foo", "qvm-features", "vm0", "name", "-foo")]
    public async Task Nor_is_one_taken_for_an_argument(string option, string tool, params string[] arguments)
    {
        var result = await Bench.RunAsync(tool, arguments);
        Assert.Equal((2, ""), (result.Code, result.Output));
        Assert.Equal($"{tool}: error: unrecognized option '{option}'; '{tool} --help' names those there are, and what follows -- is none\n", result.Error);
        Assert.Empty(Server.Requests);
    }

    [Theory]
    [InlineData("admin.vm.feature.Set+preload-dispvm-delay", "-1", "vm0", "preload-dispvm-delay", "-1")]
    [InlineData("admin.vm.feature.Set+name", "--frob", "vm0", "name", "--", "--frob")]
    public async Task A_negative_number_is_an_argument_and_so_is_what_follows_the_mark(string call, string value, params string[] arguments)
    {
        Server.Ok(call, "vm0", payload: value);
        var result = await Bench.RunAsync("qvm-features", arguments);
        Assert.Equal((0, ""), (result.Code, result.Error));
    }

    [Fact]
    public async Task Without_a_daemon_every_tool_says_so_in_one_line()
    {
        var result = await Bench.RunAsync("qvm-ls");
        Assert.Equal(1, result.Code);
        Assert.Equal(
            $"qvm-ls: cannot reach qubesd at {Bench.Root}/run/qubesd.sock: no such file; start it with: QUBES_ROOT={Bench.Root} qubesd\n",
            result.Error);
    }

    [Fact]
    public async Task Debug_shows_where_an_error_comes_from()
    {
        var result = await Bench.RunAsync("qvm-ls", "--debug");
        Assert.Contains("DaemonUnreachableException", result.Error);
        Assert.Contains("   at ", result.Error);
    }

    [Fact]
    public async Task A_message_with_control_characters_stays_one_harmless_line()
    {
        Server.Refuse("admin.vm.property.Get+memory", "vm0", "QubesException", "a\u001b[31mb\nc\r");
        Assert.Equal("qvm-prefs: error: a\\x1b[31mb\\nc\\x0d\n", (await Bench.RunAsync("qvm-prefs", "vm0", "memory")).Error);
    }

    [Theory]
    [InlineData(true, "a\\x1b]0;b\n")]
    [InlineData(false, "a\u001b]0;b\n")]
    public async Task A_value_with_control_characters_is_escaped_for_a_terminal_only(bool terminal, string output)
    {
        Bench.Terminal = terminal;
        Server.Ok("admin.vm.feature.Get+f", "vm0", "a\u001b]0;b");
        Assert.Equal(output, (await Bench.RunAsync("qvm-features", "vm0", "f")).Output);
    }

    [Fact]
    public async Task A_cancelled_run_ends_like_one_that_was_interrupted()
    {
        using var cancel = new CancellationTokenSource();
        Bench.Cancellation = cancel.Token;
        var never = new TaskCompletionSource();
        Server.Handle("admin.vm.property.Get+memory dom0 name vm0\0", async _ =>
        {
            await cancel.CancelAsync();
            await never.Task;
        });
        var result = await Bench.RunAsync("qvm-prefs", "vm0", "memory");
        Assert.Equal((130, "", ""), (result.Code, result.Output, result.Error));
        never.SetResult();
    }

    [Fact]
    public async Task A_reader_that_has_gone_ends_a_tool_quietly()
    {
        var applet = new Throwing(() => new IOException("Broken pipe", 32));
        var result = await Bench.RunAsync(applet);
        Assert.Equal((141, ""), (result.Code, result.Error));
    }

    [Fact]
    public async Task An_applet_keeps_an_option_that_others_use_for_something_common()
    {
        var applet = new OwnOption();
        Assert.Equal(0, (await Bench.RunAsync(applet, "-v", "x")).Code);
        Assert.Equal("x", applet.Seen);
        Assert.Equal(0, (await Bench.RunAsync(applet, "--verbose")).Code);
    }

    private sealed class Throwing(Func<Exception> make) : Applet("throwing", "Throws.")
    {
        public override void Describe(Command command)
        {
        }

        public override Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation) => throw make();
    }

    private sealed class OwnOption() : Applet("own", "Has an option -v of its own.")
    {
        private readonly Option<string?> value = new("--value", "-v");

        public string? Seen { get; private set; }

        public override void Describe(Command command) => command.Add(value);

        public override Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
        {
            Seen = line.GetValue(value);
            return Task.FromResult(0);
        }
    }
}
