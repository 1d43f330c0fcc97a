using System.Text;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Rpc;

namespace Qubes.Qrexec.Tests.Data;

public sealed class ServiceSessionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Streams_and_exit_code_go_through_to_a_real_caller()
    {
        await using var call = await StartAsync(hasError: true);
        var output = new MemoryStream();
        var error = new MemoryStream();
        var caller = new CallerStreams(new MemoryStream("question"u8.ToArray()), output, error);
        Task<int> calling = CallerSession.RunAsync(call.Caller, caller, default);
        Assert.Equal("question", await new StreamReader(call.Service.Received).ReadToEndAsync().WaitAsync(Patience));
        await call.Service.SayErrorAsync("progress");
        await call.Service.SayAsync("answer");
        call.Service.CloseOutput();
        call.Service.CloseError();
        call.Service.End(7);
        Assert.Equal(7, await calling.WaitAsync(Patience));
        Assert.Equal(("answer", "progress"), (Text(output), Text(error)));
        Assert.Equal(7, (await call.Session.WaitAsync(Patience)).ExitCode);
        Assert.True(call.Service.IsDisposed);
    }

    [Fact]
    public async Task The_exit_code_waits_for_both_outputs_and_for_the_end_of_the_process()
    {
        await using var call = await StartedAsync(hasError: true);
        call.Service.End(3);
        call.Service.CloseOutput();
        Assert.Equal("stdout 0", await call.NextAsync());
        call.Service.CloseError();
        Assert.Equal("stderr 0", await call.NextAsync());
        Assert.Equal("exit 3", await call.NextAsync());

        await using var later = await StartedAsync(hasError: true);
        later.Service.CloseError();
        Assert.Equal("stderr 0", await later.NextAsync());
        later.Service.CloseOutput();
        Assert.Equal("stdout 0", await later.NextAsync());
        Assert.False(later.Session.IsCompleted);
        later.Service.End(4);
        Assert.Equal("exit 4", await later.NextAsync());
    }

    [Fact]
    public async Task An_error_stream_that_does_not_exist_is_closed_before_anything_is_said()
    {
        await using var call = await StartedAsync(hasError: false);
        Assert.Equal("stderr 0", await call.NextAsync());
        await call.Service.SayAsync("abc");
        Assert.Equal("stdout 3", await call.NextAsync());
    }

    [Fact]
    public async Task A_service_that_could_not_be_started_has_empty_streams_and_a_status()
    {
        await using var call = await StartedAsync(new UnstartedService(ServiceException.NotFound));
        Assert.Equal(["stderr 0", "stdout 0", "exit 127"], [await call.NextAsync(), await call.NextAsync(), await call.NextAsync()]);
    }

    [Fact]
    public async Task The_input_is_closed_at_once_and_what_comes_behind_its_end_is_dropped()
    {
        await using var call = await StartedAsync(hasError: false);
        await call.SayAsync(MessageType.DataStdin, "a");
        await call.SayAsync(MessageType.DataStdout, "b");
        await call.SayAsync(MessageType.DataStdin, "");
        Assert.Equal("ab", await new StreamReader(call.Service.Received).ReadToEndAsync().WaitAsync(Patience));
        await call.SayAsync(MessageType.DataStdin, "late");
        call.Service.CloseOutput();
        call.Service.End(0);
        Assert.Equal(0, (await call.Session.WaitAsync(Patience)).ExitCode);
    }

    [Fact]
    public async Task Input_that_an_ended_service_did_not_take_holds_nothing_up()
    {
        await using var call = await StartedAsync(hasError: false);
        Task saying = call.SayAsync(MessageType.DataStdin, new string('x', 60_000));
        call.Service.End(1);
        await saying.WaitAsync(Patience);
        for (int i = 0; i < 20; i++)
            await call.SayAsync(MessageType.DataStdin, new string('x', 60_000)).WaitAsync(Patience);
        call.Service.CloseOutput();
        Assert.Equal(1, (await call.Session.WaitAsync(Patience)).ExitCode);
    }

    [Fact]
    public async Task A_service_whose_caller_has_gone_is_disposed_of()
    {
        await using var call = await StartedAsync(hasError: true);
        await call.Caller.DisposeAsync();
        Assert.Equal(new ServiceOutcome(null, null, 0), await call.Session.WaitAsync(Patience));
        Assert.True(call.Service.IsDisposed);
    }

    [Fact]
    public async Task A_service_that_floods_a_caller_who_has_gone_is_disposed_of()
    {
        await using var call = await StartedAsync(hasError: true);
        Task saying = call.Service.SayAsync(new string('x', 2_000_000));
        await call.Caller.DisposeAsync();
        Assert.Null((await call.Session.WaitAsync(Patience)).ExitCode);
        await saying.WaitAsync(Patience);
    }

    [Fact]
    public async Task Messages_that_only_services_send_are_passed_over_and_counted()
    {
        await using var call = await StartedAsync(hasError: false);
        await call.SayAsync(MessageType.DataStderr, "x");
        await call.SayAsync(MessageType.DataExitCode, "1234");
        await call.SayAsync(MessageType.DataStdin, "");
        Assert.Equal("", await new StreamReader(call.Service.Received).ReadToEndAsync().WaitAsync(Patience));
        call.Service.CloseOutput();
        call.Service.End(0);
        Assert.Equal(new ServiceOutcome(0, null, 2), await call.Session.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_violation_ends_the_call_and_the_service()
    {
        await using var call = await StartedAsync(hasError: false);
        await call.SayAsync(MessageType.ExecCmdline, "x");
        var outcome = await call.Session.WaitAsync(Patience);
        Assert.Null(outcome.ExitCode);
        Assert.Contains("does not belong", outcome.Violation, StringComparison.Ordinal);
        Assert.True(call.Service.IsDisposed);
    }

    [Fact]
    public async Task Cancelling_ends_the_service()
    {
        using var cancel = new CancellationTokenSource();
        await using var call = await StartedAsync(new ServiceStandIn(true).Open(), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Session.WaitAsync(Patience));
        Assert.True(call.Service.IsDisposed);
    }

    private static string Text(MemoryStream stream) => Encoding.UTF8.GetString(stream.ToArray());

    private static Task<ServedCall> StartAsync(bool hasError) =>
        ServedCall.StartAsync(new ServiceStandIn(hasError).Open(), default);

    private static Task<ServedCall> StartedAsync(bool hasError) => StartedAsync(new ServiceStandIn(hasError).Open());

    private static async Task<ServedCall> StartedAsync(IRunningService service, CancellationToken cancel = default)
    {
        var call = await ServedCall.StartAsync(service, cancel);
        await DataHandshake.ExchangeAsync(call.Caller, true, default);
        return call;
    }
}
