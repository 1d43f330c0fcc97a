using Qubes.Plugins.Qrexec.Calls;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Plugins.Qrexec.Tests.HostServices;

public sealed class ProgramServiceTests
{
    [Fact]
    public async Task A_program_gets_the_input_to_its_end_and_its_output_and_status_go_back()
    {
        await using var bench = new HostBench();
        bench.PutProgram("test.Sort", "sort; exit 3");
        Assert.Equal((3, "a\nb\n"), await bench.CallAsync("test.Sort work keyword adminvm", "b\na\n"));
    }

    [Fact]
    public async Task A_program_knows_its_call_and_nothing_of_the_daemons_environment()
    {
        await using var bench = new HostBench();
        bench.PutProgram("test.Env", "echo \"$#:$*\"; env | grep -v '^PWD=\\|^_=\\|^SHLVL=' | sort");
        var (status, output) = await bench.CallAsync("test.Env+a+b work name vault");
        Assert.Equal(0, status);
        Assert.Equal(
            [
                "1:a+b", "LANG=C.UTF-8", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "QREXEC_REMOTE_DOMAIN=work", "QREXEC_REQUESTED_TARGET=vault", "QREXEC_REQUESTED_TARGET_TYPE=name",
                "QREXEC_SERVICE_ARGUMENT=a+b", "QREXEC_SERVICE_FULL_NAME=test.Env+a+b", "QUBES_ROOT=" + bench.Root,
            ],
            output.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task The_first_directory_and_the_file_with_the_argument_win()
    {
        await using var bench = new HostBench();
        bench.PutProgram("test.A", "echo etc");
        bench.PutProgram("test.A+x", "echo etc x");
        bench.Put("run/qubes-rpc/test.A", "#!/bin/sh\necho run");
        Assert.Equal((0, "etc x\n"), await bench.CallAsync("test.A+x work"));
        Assert.Equal((0, "run\n"), await bench.CallAsync("test.A+y work"));
    }

    [Fact]
    public async Task What_is_not_there_is_127_and_what_cannot_be_run_125()
    {
        await using var bench = new HostBench();
        File.SetUnixFileMode(bench.PutProgram("test.Data", ""), UnixFileMode.UserRead);
        bench.Put("etc/qubes-rpc/test.NoProgram", "\u007fELF, or so it says");
        Assert.Equal((127, ""), await bench.CallAsync("test.Missing work"));
        Assert.Equal((125, ""), await bench.CallAsync("test.Data work"));
        Assert.Equal((125, ""), await bench.CallAsync("test.NoProgram work"));
    }

    [Fact]
    public async Task A_program_that_others_could_have_changed_is_not_run_and_the_log_says_why()
    {
        await using var bench = new HostBench();
        string path = bench.PutProgram("test.Open", "echo never");
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupWrite);
        Assert.Equal((125, ""), await bench.CallAsync("test.Open work"));
        Assert.Contains("others can write to " + path, await bench.Log.NextAsync(2170), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_that_is_malformed_or_that_others_can_change_refuses_the_call()
    {
        await using var bench = new HostBench();
        bench.PutProgram("test.A", "echo ran");
        string configuration = bench.Put("etc/qubes/rpc-config/test.A", "wait-for-session = true\nunheard-of = 1\n");
        Assert.Equal((0, "ran\n"), await bench.CallAsync("test.A work"));
        Assert.Contains("unheard-of", await bench.Log.NextAsync(2180), StringComparison.Ordinal);
        File.WriteAllText(configuration, "force-user = \"root\"\n");
        Assert.Equal((125, ""), await bench.CallAsync("test.A work"));
        File.WriteAllText(configuration, "");
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.OtherWrite);
        Assert.Equal((125, ""), await bench.CallAsync("test.A work"));
    }

    [Fact]
    public async Task Another_user_is_forced_where_the_daemon_is_root_and_refused_elsewhere()
    {
        await using var bench = new HostBench();
        bench.Put("etc/qubes/rpc-config/test.Who", "force-user = 'nobody'\n");
        bench.Put("etc/qubes/rpc-config/test.Nobody", "force-user = 'no-such-user'\n");
        Directory.CreateDirectory(bench.Root + "/etc/qubes-rpc");
        File.CreateSymbolicLink(bench.Root + "/etc/qubes-rpc/test.Who", "/usr/bin/id");
        File.CreateSymbolicLink(bench.Root + "/etc/qubes-rpc/test.Nobody", "/usr/bin/id");
        foreach (string directory in (string[])["", "/etc", "/etc/qubes-rpc"])
            File.SetUnixFileMode(bench.Root + directory, (UnixFileMode)0b111_001_001);
        Assert.Equal(Environment.IsPrivilegedProcess ? (0, "nobody\n") : (125, ""), await bench.CallAsync("test.Who+-un work"));
        Assert.Equal((125, ""), await bench.CallAsync("test.Nobody work"));
    }

    [Fact]
    public async Task What_a_program_says_on_its_standard_error_goes_to_the_log_escaped_and_bounded()
    {
        await using var bench = new HostBench();
        bench.PutProgram("test.Loud", "printf 'a\\033[31mb\\n' >&2; yes | head -n 100000 >&2; echo done");
        Assert.Equal((0, "done\n"), await bench.CallAsync("test.Loud work"));
        Assert.Equal("test.Loud for work: a\\u001b[31mb", await bench.Log.NextAsync(2175));
        for (int i = 1; i < Qrexec.HostServices.ErrorLog.MostLines; i++)
            Assert.Equal("test.Loud for work: y", await bench.Log.NextAsync(2175));
        bench.PutProgram("test.Quiet", "echo quiet >&2");
        await bench.CallAsync("test.Quiet work");
        Assert.Equal("test.Quiet for work: quiet", await bench.Log.NextAsync(2175));
    }

    [Fact]
    public async Task What_is_said_last_is_in_the_log_although_the_program_has_ended()
    {
        await using var bench = new HostBench();
        bench.PutProgram("test.Late", "(sleep 0.2; echo late >&2) >/dev/null & exit 0");
        await bench.CallAsync("test.Late work");
        Assert.Equal("test.Late for work: late", await bench.Log.NextAsync(2175));
    }

    [Fact]
    public async Task A_program_whose_caller_has_gone_ends_when_it_reads_or_writes()
    {
        await using var bench = new HostBench();
        bench.PutProgram("test.Wait", "cat >/dev/null");
        var (caller, serving) = await bench.BeginAsync("test.Wait work");
        await DataHandshake.ExchangeAsync(caller, true, default);
        await caller.DisposeAsync();
        await serving.WaitAsync(HostBench.Patience);
    }

    [Fact]
    public async Task A_program_that_goes_on_without_its_caller_is_killed_with_its_children_after_a_while()
    {
        var time = new VirtualTimeProvider();
        await using var bench = new HostBench(time);
        bench.PutProgram("test.Hang", "sleep 1000 & echo $! $$; wait");
        var (caller, serving) = await bench.BeginAsync("test.Hang work");
        await DataHandshake.ExchangeAsync(caller, true, default);
        var decoder = new MessageDecoder { Version = 4 };
        string pids = await FirstOutputAsync(caller, decoder);
        await caller.DisposeAsync();
        await HostBench.AdvanceUntilAsync(time, serving);
        await serving.WaitAsync(HostBench.Patience);
        Assert.Contains("is killed", await bench.Log.NextAsync(2178), StringComparison.Ordinal);
        foreach (string pid in pids.Split(' '))
            await UntilGoneAsync(pid.Trim());
    }

    [Fact]
    public async Task A_program_that_was_ended_by_a_signal_has_a_status_that_says_so()
    {
        await using var bench = new HostBench();
        bench.PutProgram("test.Kill", "kill -9 $$");
        Assert.Equal((137, ""), await bench.CallAsync("test.Kill work"));
    }

    [Fact]
    public async Task No_file_serves_what_begins_like_the_daemons_own_methods()
    {
        await using var bench = new HostBench();
        bench.PutProgram("internal.GetSystemInfo", "echo never");
        bench.PutProgram("admin.vm.List", "echo never");
        Assert.Equal((127, ""), await bench.CallAsync("internal.GetSystemInfo work"));
        Assert.Equal((127, ""), await bench.CallAsync("admin.vm.List work keyword adminvm"));
    }

    [Fact]
    public async Task A_caller_that_does_not_speak_the_protocol_starts_nothing()
    {
        await using var bench = new HostBench();
        bench.PutProgram("test.A", "touch $QUBES_ROOT/ran");
        var (caller, serving) = await bench.BeginAsync("test.A work");
        await caller.WriteAsync(QrexecMessage.Encode(MessageType.DataStdin, []), default);
        await serving.WaitAsync(HostBench.Patience);
        Assert.False(File.Exists(bench.Root + "/ran"));
        await caller.DisposeAsync();
    }

    private static async Task<string> FirstOutputAsync(Qubes.Qrexec.Vchan.UnixVchan caller, MessageDecoder decoder)
    {
        var buffer = new byte[4096];
        while (true)
        {
            int count = await caller.ReadAsync(buffer, default).AsTask().WaitAsync(HostBench.Patience);
            ReadOnlySpan<byte> input = buffer.AsSpan(0, count);
            while (decoder.Read(ref input) is { } message)
            {
                if (message.Type == MessageType.DataStdout)
                    return System.Text.Encoding.UTF8.GetString(message.Body.Span);
            }
        }
    }

    // The kernel may take a moment. A killed child whose parent went first waits for init, which a container may not have.
    private static async Task UntilGoneAsync(string pid)
    {
        for (int i = 0; i < 500; i++)
        {
            if (StateOf(pid) is null or 'Z')
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
        Assert.Fail($"{pid} still runs");
    }

    private static char? StateOf(string pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(") ", StringComparison.Ordinal) + 2];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
