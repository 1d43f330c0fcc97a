using Qubes.Integration.Tests.Harness;

namespace Qubes.Integration.Tests.Calls;

/// <summary>Calls from one running qube to another: statuses, streams, names.</summary>
[Collection(RealMachines.Name)]
public sealed class QubeCallTests(CallingQubes qubes) : IClassFixture<CallingQubes>
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(255)]
    public async Task The_services_status_comes_back(int status) =>
        Assert.Equal(status, (await qubes.Call(CallingQubes.Target, $"test.Exit+{status}").RunAsync()).ExitCode);

    [Fact]
    public async Task An_unknown_service_is_127() =>
        Assert.Equal(127, (await qubes.Call(CallingQubes.Target, "test.Nothing").RunAsync()).ExitCode);

    [Theory]
    [InlineData(CallingQubes.Target, "test.Denied")]
    [InlineData("dom0", "admin.vm.List")]
    [InlineData("@adminvm", "test.Exit+0")]
    [InlineData("no-such-qube", "test.Exit+0")]
    [InlineData("@dispvm:" + CallingQubes.Target, "dz.Convert")]
    public async Task What_policy_does_not_allow_is_126_and_one_line(string target, string service)
    {
        var result = await qubes.Call(target, service).RunAsync();
        Assert.Equal((126, "Request refused\n", ""), (result.ExitCode, result.Error, result.Text));
    }

    [Fact]
    public async Task The_service_knows_its_caller_and_runs_as_the_default_user_and_its_errors_arrive()
    {
        var result = (await qubes.Call(CallingQubes.Target, "test.Who+x").RunAsync()).Succeeded();
        Assert.Equal("work test.Who+x user\n", result.Text);
        Assert.Equal("to-stderr\n", result.Error);
    }

    [Fact]
    public async Task A_half_close_passes_at_once_and_what_was_sent_comes_back()
    {
        var sent = new byte[5_000_000];
        new Random(5).NextBytes(sent);
        Assert.Equal(sent, (await qubes.Call(CallingQubes.Target, "test.Echo").RunAsync(sent)).Succeeded().Output);
    }

    [Fact]
    public async Task A_hundred_megabytes_each_way_at_once_arrive_intact()
    {
        const string source = "yes 0123456789abcdef | head -c 100000000";
        var result = await qubes.InCaller(
            $"bash -c '{source} | qrexec-client-vm vault test.Echo | cmp - <({source}) && echo equal'").RunAsync();
        Assert.Equal("equal\n", result.Succeeded().Text);
    }

    [Fact]
    public async Task A_reader_that_stops_reading_stops_the_service_and_nobody_else()
    {
        var result = await qubes.InCaller("""
            qrexec-client-vm vault test.Flood </dev/null >/tmp/pipe.out &
            mkfifo /tmp/pipe
            sh -c 'exec qrexec-client-vm vault test.Flood </dev/null >/tmp/pipe' & stalled=$!
            exec 7</tmp/pipe
            head -c 100 <&7 | wc -c
            kill %1
            for i in 1 2 3 4 5 6 7 8; do echo $i | qrexec-client-vm vault test.Echo || echo failed; done
            exec 7<&-
            wait $stalled; rm /tmp/pipe /tmp/pipe.out
            """).RunAsync();
        Assert.Equal("100\n1\n2\n3\n4\n5\n6\n7\n8\n", result.Text);
    }

    [Fact]
    public async Task A_halted_target_is_started_by_the_call()
    {
        (await qubes.Daemon.RunAsync("qvm-shutdown", "--wait", CallingQubes.Target)).Succeeded();
        Assert.Equal("here", (await qubes.Call(CallingQubes.Target, "qubes.VMShell").RunAsync("printf here; exit\n"u8.ToArray())).Succeeded().Text);
        await qubes.StartAsync(CallingQubes.Target);
    }
}
