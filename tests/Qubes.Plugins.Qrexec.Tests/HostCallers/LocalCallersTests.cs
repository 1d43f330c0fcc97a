using System.Net.Sockets;
using NSubstitute;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.HostCallers;
using Qubes.Plugins.Qrexec.Tests.HostServices;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Plugins.Qrexec.Tests.HostCallers;

public sealed class LocalCallersTests
{
    [Fact]
    public async Task Everybody_may_connect_but_nobody_look_into_anothers_directory()
    {
        await using var bench = await CallerBench.StartAsync();
        Assert.Equal("0666", Mode(bench.SocketPath));
        Assert.Equal("0711", Mode(bench.Paths.Runtime + "/client-vchan"));
    }

    [Fact]
    public async Task A_call_has_the_name_and_tags_that_the_administrator_gave_its_user()
    {
        await using var bench = await CallerBench.StartAsync();
        var seen = new TaskCompletionSource<(ICaller, CallRequest)>();
        bench.Make = (caller, request, cancel) =>
        {
            seen.SetResult((caller, request));
            return caller.RefuseAsync(cancel);
        };
        using Socket program = await bench.AskAsync("@dispvm:dz-dvm", "dz.Convert+x");
        Assert.Null(await CallerBench.AnswerAsync(program));
        var (caller, request) = await seen.Task.WaitAsync(CallerBench.Patience);
        Assert.Equal(("desk", "@dispvm:dz-dvm", "dz.Convert+x", ""), (request.Source.Name, request.Target, request.Service, request.RelayedFor));
        Assert.Null(request.Source.Qube);
        Assert.Equal(["red"], request.Source.Tags);
        Assert.Equal((0, "desk"), (caller.Domain, caller.Source.Name));
    }

    [Fact]
    public async Task An_accepted_program_is_told_where_to_serve_and_is_connected_as_soon_as_it_does()
    {
        await using var bench = await CallerBench.StartAsync();
        bench.Make = async (caller, _, cancel) =>
        {
            await using IVchan vchan = await caller.AcceptAsync(7, 514, cancel);
            await vchan.WriteAsync("from the peer"u8.ToArray(), cancel);
            await vchan.ReadAsync(new byte[10], cancel);
        };
        using Socket program = await bench.AskAsync();
        var peer = new ExecParameters(7, 514);
        Assert.Equal(peer, await CallerBench.AnswerAsync(program));
        Assert.Equal("0700", Mode(Path.GetDirectoryName(bench.VchanPath(peer))!));
        await using var listener = new UnixVchanListener(bench.VchanPath(peer));
        await using (UnixVchan vchan = await listener.AcceptAsync(default).WaitAsync(CallerBench.Patience))
        {
            var buffer = new byte[100];
            int count = await vchan.ReadAsync(buffer, default).AsTask().WaitAsync(CallerBench.Patience);
            Assert.Equal("from the peer"u8, buffer.AsSpan(0, count));
        }
        Assert.Null(await CallerBench.AnswerAsync(program));
    }

    [Fact]
    public async Task Towards_the_host_each_call_has_a_port_of_its_own_until_it_is_over()
    {
        await using var bench = await CallerBench.StartAsync();
        bench.Make = async (caller, _, cancel) => await Assert.ThrowsAnyAsync<Exception>(() => caller.AcceptAsync(0, 0, cancel).WaitAsync(caller.Left));
        using Socket first = await bench.AskAsync();
        using Socket second = await bench.AskAsync();
        ExecParameters? a = await CallerBench.AnswerAsync(first);
        ExecParameters? b = await CallerBench.AnswerAsync(second);
        Assert.True(a is { Domain: 0, HasDataPort: true } && b is { Domain: 0, HasDataPort: true });
        Assert.NotEqual(a, b);
    }

    [Fact]
    public async Task Two_calls_cannot_have_one_place()
    {
        await using var bench = await CallerBench.StartAsync();
        var failed = new TaskCompletionSource<Exception>();
        int calls = 0;
        bench.Make = async (caller, _, cancel) =>
        {
            bool isSecond = Interlocked.Increment(ref calls) == 2;
            try
            {
                await using IVchan vchan = await caller.AcceptAsync(7, 514, cancel).WaitAsync(caller.Left);
            }
            catch (Exception e) when (e is VchanClosedException or OperationCanceledException)
            {
                if (isSecond)
                    failed.SetResult(e);
            }
        };
        using Socket first = await bench.AskAsync();
        Assert.NotNull(await CallerBench.AnswerAsync(first));
        using Socket second = await bench.AskAsync();
        Assert.Null(await CallerBench.AnswerAsync(second));
        Assert.IsType<VchanClosedException>(await failed.Task.WaitAsync(CallerBench.Patience));
    }

    [Fact]
    public async Task A_program_that_does_not_serve_its_connection_in_time_is_given_up()
    {
        var time = new VirtualTimeProvider();
        await using var bench = await CallerBench.StartAsync(time);
        var failed = new TaskCompletionSource<Exception>();
        bench.Make = async (caller, _, cancel) =>
            failed.SetResult(await Assert.ThrowsAsync<VchanClosedException>(() => caller.AcceptAsync(7, 514, cancel)));
        using Socket program = await bench.AskAsync();
        Assert.NotNull(await CallerBench.AnswerAsync(program));
        await HostBench.AdvanceUntilAsync(time, failed.Task);
        Assert.Contains("did not serve", (await failed.Task.WaitAsync(CallerBench.Patience)).Message, StringComparison.Ordinal);
        Assert.Null(await CallerBench.AnswerAsync(program));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_is_pointless_when_its_program_has_gone_or_says_more_than_it_should(bool speaks)
    {
        await using var bench = await CallerBench.StartAsync();
        var gone = new TaskCompletionSource();
        bench.Make = async (caller, _, _) =>
        {
            await using var registration = caller.Left.Register(() => gone.SetResult());
            await gone.Task;
        };
        using (Socket program = await bench.AskAsync())
        {
            if (speaks)
            {
                await program.SendAsync("once more, with feeling"u8.ToArray());
                await gone.Task.WaitAsync(CallerBench.Patience);
            }
        }
        await gone.Task.WaitAsync(CallerBench.Patience);
    }

    [Fact]
    public async Task A_user_without_a_line_is_refused_and_the_log_says_which_line_would_help()
    {
        await using var bench = await CallerBench.StartAsync();
        bench.Write("bob desk\n@staff other\n");
        bench.Make = (_, _, _) => throw new InvalidOperationException("never called");
        using Socket program = await bench.AskAsync();
        Assert.Null(await CallerBench.AnswerAsync(program));
        Assert.Contains("no line is about alice; 'alice alice-desktop' would", await bench.Log.NextAsync(2181), StringComparison.Ordinal);
        File.Delete(bench.FilePath);
        using Socket again = await bench.AskAsync();
        Assert.Null(await CallerBench.AnswerAsync(again));
        Assert.Contains("there is no such file", await bench.Log.NextAsync(2181), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alice", "expected USER NAME")]
    [InlineData("alice work", "'work' is a qube")]
    public async Task A_file_that_is_wrong_or_that_names_a_qube_lets_nobody_call(string lines, string reason)
    {
        await using var bench = await CallerBench.StartAsync();
        bench.Qubes.TryFind("work", out Arg.Any<IQube?>()).Returns(true);
        bench.Write(lines);
        using Socket program = await bench.AskAsync();
        Assert.Null(await CallerBench.AnswerAsync(program));
        Assert.Contains(reason, await bench.Log.NextAsync(2181), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_others_can_write_lets_nobody_call()
    {
        await using var bench = await CallerBench.StartAsync();
        File.SetUnixFileMode(bench.FilePath, UnixFileMode.UserRead | UnixFileMode.OtherWrite);
        using Socket program = await bench.AskAsync();
        Assert.Null(await CallerBench.AnswerAsync(program));
        Assert.Contains("others can write to", await bench.Log.NextAsync(2181), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_line_that_fits_counts_and_a_group_fits_its_members()
    {
        await using var bench = await CallerBench.StartAsync();
        var sources = new System.Collections.Concurrent.ConcurrentQueue<string>();
        bench.Make = (caller, request, cancel) =>
        {
            sources.Enqueue(request.Source.Name);
            return caller.RefuseAsync(cancel);
        };
        bench.Accounts.IsMember(Arg.Any<uint>(), "staff").Returns(true);
        foreach (string lines in (string[])["@others a\n@staff b\nalice c", "alice c\n@staff b"])
        {
            bench.Write(lines);
            using Socket program = await bench.AskAsync();
            Assert.Null(await CallerBench.AnswerAsync(program));
        }
        Assert.Equal(["b", "c"], sources);
    }

    [Fact]
    public async Task A_program_that_speaks_for_another_or_has_another_id_is_refused()
    {
        await using var bench = await CallerBench.StartAsync();
        bench.Make = (_, _, _) => throw new InvalidOperationException("never called");
        using Socket other = await bench.AskAsync(source: "dom0");
        Assert.Null(await CallerBench.AnswerAsync(other));
        Assert.Contains("speaks for nobody else", await bench.Log.NextAsync(2181), StringComparison.Ordinal);
        using Socket wrong = await bench.AskAsync(id: "SOCKET7");
        Assert.Null(await CallerBench.AnswerAsync(wrong));
        Assert.Contains("request id", await bench.Log.NextAsync(2181), StringComparison.Ordinal);
        using Socket service = await bench.AskAsync(service: "+argument");
        Assert.Null(await CallerBench.AnswerAsync(service));
        Assert.Contains("no name before its argument", await bench.Log.NextAsync(2181), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_message_or_one_that_is_too_long_is_refused()
    {
        await using var bench = await CallerBench.StartAsync();
        foreach (byte[] message in (byte[][])[QrexecMessage.EncodeHello(4), [0x13, 2, 0, 0, 0xff, 0xff, 0xff, 0x7f], [1, 2, 3, 4, 0, 0, 0, 0]])
        {
            using Socket program = await bench.ConnectAsync();
            await program.SendAsync(message);
            Assert.Null(await CallerBench.AnswerAsync(program));
            await bench.Log.NextAsync(2181);
        }
    }

    [Fact]
    public async Task A_program_that_does_not_say_what_it_wants_has_a_time_for_it()
    {
        var time = new VirtualTimeProvider();
        await using var bench = await CallerBench.StartAsync(time);
        using Socket program = await bench.ConnectAsync();
        Task<ExecParameters?> answer = CallerBench.AnswerAsync(program);
        await HostBench.AdvanceUntilAsync(time, answer);
        Assert.Null(await answer);
        Assert.Contains("did not say in time", await bench.Log.NextAsync(2181), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_has_so_many_calls_and_no_more()
    {
        await using var bench = await CallerBench.StartAsync();
        bench.Make = (caller, _, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, caller.Left)
            .ContinueWith(_ => { }, TaskScheduler.Default);
        var programs = new List<Socket>();
        for (int i = 0; i < CallerPlaces.PerUser; i++)
            programs.Add(await bench.AskAsync());
        using Socket tooMany = await bench.ConnectAsync();
        Assert.Null(await CallerBench.AnswerAsync(tooMany));
        await bench.Log.NextAsync(2182);
        programs.ForEach(p => p.Dispose());
    }

    [Fact]
    public async Task Who_is_refused_keeps_its_place_for_a_while_so_that_the_log_is_not_filled()
    {
        var time = new VirtualTimeProvider();
        await using var bench = await CallerBench.StartAsync(time);
        bench.Write("bob desk");
        for (int i = 0; i < CallerPlaces.PerUser; i++)
        {
            using Socket program = await bench.AskAsync();
            Assert.Null(await CallerBench.AnswerAsync(program));
            await bench.Log.NextAsync(2181);
        }
        for (int i = 0; i < 3; i++)
        {
            using Socket program = await bench.ConnectAsync();
            Assert.Null(await CallerBench.AnswerAsync(program));
        }
        await bench.Log.NextAsync(2182);
        Assert.DoesNotContain(2182, bench.Log.Waiting());

        var served = new TaskCompletionSource();
        bench.Write("alice desk");
        bench.Make = (caller, _, cancel) =>
        {
            served.TrySetResult();
            return caller.RefuseAsync(cancel);
        };
        for (int i = 0; i < 1000 && !served.Task.IsCompleted; i++)
        {
            time.Advance(LocalCallers.Penalty);
            await TryAskAsync(bench);
        }
        Assert.True(served.Task.IsCompleted);
    }

    [Fact]
    public async Task A_link_to_another_users_socket_is_not_connected_with_the_call()
    {
        if (!Environment.IsPrivilegedProcess)
            return; // only root can be somebody else
        var paths = new Qubes.Sdk.Hosting.QubesPaths(Directory.CreateTempSubdirectory("clr").FullName, "/usr");
        var vchans = new CallerVchans(paths, TimeProvider.System);
        vchans.Prepare();
        Assert.Equal(514, vchans.Take(12345, 7, 514));
        string path = VchanSocketPath.Of(paths.Runtime + "/client-vchan/12345", 0, 7, 514);
        await using (var ours = new UnixVchanListener(paths.Root + "/ours.sock"))
        {
            File.CreateSymbolicLink(path, paths.Root + "/ours.sock");
            var refused = await Assert.ThrowsAsync<VchanClosedException>(() => vchans.ConnectAsync(12345, 7, 514, default));
            Assert.Contains("served by another user", refused.Message, StringComparison.Ordinal);
        }
        Directory.Delete(paths.Root, recursive: true);
    }

    [Fact]
    public async Task A_daemon_that_stops_ends_the_calls_and_takes_its_socket_away()
    {
        await using var bench = await CallerBench.StartAsync();
        bench.Make = async (caller, _, cancel) =>
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller.AcceptAsync(7, 514, cancel));
        using Socket program = await bench.AskAsync();
        Assert.NotNull(await CallerBench.AnswerAsync(program));
        await bench.StopAsync().WaitAsync(CallerBench.Patience);
        Assert.False(File.Exists(bench.SocketPath));
        Assert.Null(await CallerBench.AnswerAsync(program));
    }

    private static async Task TryAskAsync(CallerBench bench)
    {
        try
        {
            using Socket program = await bench.AskAsync();
            await CallerBench.AnswerAsync(program);
        }
        catch (SocketException)
        {
            // Turned away before it could ask.
        }
    }

    private static string Mode(string path) => "0" + Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
