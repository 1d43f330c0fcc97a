using Qubes.Agent.Loop;
using Qubes.Agent.Native;
using Qubes.Agent.Processes;
using Qubes.Agent.Rpc;
using Qubes.Qrexec.Rpc;
using Qubes.Qrexec.Protocol;

namespace Qubes.Agent.Serving;

/// <summary>
/// The service's side of one data connection (spec: protocol, section 7): HELLO, then the process's streams, then its exit code
/// once both outputs are closed and it has ended.
/// </summary>
internal sealed partial class ServiceCall : ChannelUser
{
    private readonly ServiceCalls calls;
    private readonly EventLoop loop;
    private readonly ChildTable children;
    private readonly ServiceStarter starter;
    private readonly SessionWaits sessions;
    private readonly ExecRequest request;
    private readonly bool isConnected;
    private readonly ServiceOutput output;
    private readonly ServiceOutput error;
    private RunningService? service;
    private bool isProcessRunning;
    private bool isOver;
    private int? exitCode;

    /// <summary>A call that waits for its peer's HELLO.</summary>
    public ServiceCall(
        ServiceCalls calls, EventLoop loop, ChildTable children, ServiceStarter starter, SessionWaits sessions,
        ExecRequest request, bool isConnected)
    {
        (this.calls, this.loop, this.children, this.starter, this.sessions) = (calls, loop, children, starter, sessions);
        (this.request, this.isConnected) = (request, isConnected);
        output = new ServiceOutput(MessageType.DataStdout);
        error = new ServiceOutput(MessageType.DataStderr);
    }

    /// <inheritdoc/>
    public override void Closed()
    {
        if (isOver)
            return;
        isOver = true;
        CloseInput();
        received.Release();
        Close(output);
        Close(error);
        EndIfDone();
    }

    private void Plan()
    {
        try
        {
            var plan = starter.Plan(request.Command);
            if (plan.SessionUser is { } user)
                sessions.WhenReady(user, () => Start(() => ServiceStarter.Start(plan, isConnected)));
            else
                Start(() => ServiceStarter.Start(plan, isConnected));
        }
        catch (Exception e) when (e is ServiceException or IOException)
        {
            Start(() => throw e);
        }
    }

    private void Start(Func<RunningService> start)
    {
        // The caller may have left while the call waited for a session.
        if (isOver)
            return;
        try
        {
            service = start();
        }
        catch (Exception e) when (e is ServiceException or IOException)
        {
            exitCode = (e as ServiceException)?.Status ?? ServiceException.Trouble;
            AgentLog.Write($"a call is not served ({exitCode}): {e.Message}");
            service = new RunningService();
        }

        if (service.Pid > 0)
        {
            isProcessRunning = isConnected;
            children.Watch(service.Pid, ProcessEnded);
        }

        if (isConnected)
            ConnectStreams(service);
        else
            LeaveAlone(service);
        FlushInput();
        Pipe.Ready();
    }

    // A service whose streams nobody wants is told who calls, and left to itself.
    private void LeaveAlone(RunningService started)
    {
        exitCode ??= 0;
        if (started.Output < 0)
            return;
        _ = Descriptors.Write(started.Input, started.Greeting.Span);
        Descriptors.Close(started.Input);
        Descriptors.Close(started.Output);
    }

    private void ConnectStreams(RunningService started)
    {
        isGreetingDue = started is { Pid: < 0, Output: >= 0 };
        toldFirst = started.Greeting;
        input = started.Input;
        if (input >= 0)
            loop.Add(input, EpollEvent.Out | EpollEvent.EdgeTriggered, _ => FlushInput());
        foreach (var (stream, fd) in (ReadOnlySpan<(ServiceOutput, int)>)[(output, started.Output), (error, started.Error)])
        {
            stream.Descriptor = fd;
            if (fd >= 0)
                loop.Add(fd, EpollEvent.In | EpollEvent.EdgeTriggered, _ => BecameReadable(stream));
        }
    }

    private void ProcessEnded(int status)
    {
        isProcessRunning = false;
        if (isConnected)
            exitCode = status;
        CloseInput();
        // What it did not read can be taken now: it is dropped, and its credit returns.
        FlushInput();
        if (isOver)
            EndIfDone();
        else
            Pipe.Ready();
    }

    /// <summary>A socket has no process: the call of one ends with its streams, and always well.</summary>
    private void EndSocketIfDone()
    {
        if (service is not { Pid: < 0, Output: >= 0 } socket || exitCode is not null)
            return;
        var inputEnded = input < 0;
        var outputEnded = output.Descriptor < 0;
        if ((inputEnded && outputEnded) || (inputEnded && socket.EndsWithInput) || (outputEnded && socket.EndsWithOutput))
        {
            exitCode = 0;
            CloseInput();
            Close(output);
            Pipe.Ready();
        }
    }

    private void EndIfDone()
    {
        if (isOver && !isProcessRunning)
            calls.Ended(this, request.Parameters);
    }

    private void Close(ServiceOutput stream)
    {
        if (stream.Descriptor < 0)
            return;
        loop.Remove(stream.Descriptor);
        Descriptors.Close(stream.Descriptor);
        stream.Descriptor = -1;
    }
}
