using System.Diagnostics;
using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Calls;

/// <summary>Calls from a qube to <c>@dispvm</c>: a fresh disposable for each, gone when its call or its caller is.</summary>
[Collection(RealMachines.Name)]
public sealed class DisposableCallTests(CallingQubes qubes) : IClassFixture<CallingQubes>
{
    private static readonly int Calls = int.Parse(Environment.GetEnvironmentVariable("QUBES_CALLS") ?? "1");

    private Testbed.Daemon Daemon => qubes.Daemon;

    [Fact]
    public async Task Documents_are_converted_one_after_the_other_and_four_at_a_time_and_nothing_is_left()
    {
        var document = await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "plugins/FileConversion/samples/report.pdf"));
        var expected = (await Daemon.Tool("qvm-run", "-p", "--service", "--dispvm=" + DisposableHost.DisposableTemplate, "--", "dz.Convert")
            .RunAsync(document)).Succeeded().Output;
        Assert.NotEmpty(expected);

        for (var i = 0; i < Calls; i++)
            Assert.Equal(expected, (await qubes.Call("@dispvm", "dz.Convert").RunAsync(document)).Succeeded().Output);
        var together = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => qubes.Call("@dispvm", "dz.Convert").RunAsync(document)));

        Assert.All(together, r => Assert.Equal(expected, r.Succeeded().Output));
        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
    }

    [Fact]
    public async Task A_target_that_is_killed_is_255()
    {
        using var call = Hold();
        var name = (await call.StandardOutput.ReadLineAsync())!;
        (await Daemon.RunAsync("qvm-kill", name)).Succeeded();
        await call.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(255, call.ExitCode);
        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
    }

    [Fact]
    public async Task A_program_that_is_killed_takes_its_disposable_along()
    {
        using var call = Hold();
        Assert.Matches("^disp[0-9]+$", await call.StandardOutput.ReadLineAsync());
        (await qubes.InCaller("kill $(cat /tmp/held)").RunAsync()).Succeeded();
        await call.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
    }

    [Fact]
    public async Task A_qube_that_is_killed_takes_the_disposables_of_its_calls_along()
    {
        using var call = Hold();
        Assert.Matches("^disp[0-9]+$", await call.StandardOutput.ReadLineAsync());
        (await Daemon.RunAsync("qvm-kill", CallingQubes.Caller)).Succeeded();
        await call.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
        await qubes.StartAsync(CallingQubes.Caller);
    }

    [Fact]
    public async Task A_daemon_that_is_killed_leaves_no_disposable_of_a_call_to_the_next()
    {
        using var call = Hold();
        Assert.Matches("^disp[0-9]+$", await call.StandardOutput.ReadLineAsync());
        await Daemon.KillAsync();
        await Daemon.RestartAsync();
        await call.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
        Assert.Equal(0, (await qubes.Call(CallingQubes.Target, "test.Exit+0").RunAsync()).ExitCode);
    }

    // Names itself, and then neither reads nor writes.
    private Process Hold()
    {
        var process = qubes.InCaller("printf 'cat /proc/sys/kernel/hostname; exec sleep 1000\\n' | sh -c 'echo $$ >/tmp/held; exec qrexec-client-vm @dispvm qubes.VMShell'").Start();
        process.StandardInput.Close();
        return process;
    }
}
