using System.Threading.Channels;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.Tests.Guests;

/// <summary>An agent in a process: answers on its link, and runs the services that a test gives it.</summary>
internal sealed class FakeGuest : IAsyncDisposable
{
    /// <summary>The longest that a step of a test may take, far above what it does take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static readonly RequestId CallId = RequestId.FromText("SOCKET7");

    private readonly CancellationTokenSource over = new();
    private readonly Channel<ExecRequest> executed = Channel.CreateUnbounded<ExecRequest>();
    private readonly Channel<QrexecMessage> told = Channel.CreateUnbounded<QrexecMessage>();
    private readonly TaskCompletionSource greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task running;

    public FakeGuest(string socketPath)
    {
        Link = new GuestLink(socketPath);
        running = Task.Run(RunAsync);
    }

    public GuestLink Link { get; }

    public int Version { get; set; } = 4;

    /// <summary>The control connection of the moment.</summary>
    public MessageConnection Control { get; private set; } = null!;

    /// <summary>Commands that the host sent.</summary>
    public ChannelReader<ExecRequest> Executed => executed.Reader;

    /// <summary>Everything else that the host sent.</summary>
    public ChannelReader<QrexecMessage> Told => told.Reader;

    /// <summary>Runs a command over its data connection and returns the exit code; null leaves commands alone.</summary>
    public Func<IVchan, string, Task<int>>? Service { get; set; } = Services.RunAsync;

    /// <summary>Opens a data connection and says its HELLO.</summary>
    public async Task<GuestChannel> ConnectAsync(ExecParameters peer)
    {
        GuestChannel channel = Link.Open(new VchanAddress(peer.Domain, peer.Port));
        await DataHandshake.ExchangeAsync(channel, sendFirst: true, over.Token);
        return channel;
    }

    public async Task TerminateAsync(ExecParameters peer) =>
        await Control.WriteAsync(peer.Encode(MessageType.ConnectionTerminated), over.Token);

    /// <summary>Asks for a call and returns the host's answer: the caller's peer, or null for a refusal.</summary>
    public async Task<ExecParameters?> AskAsync(string target, string service)
    {
        await TriggerAsync(target, service);
        QrexecMessage answer = await Told.ReadAsync(over.Token).AsTask().WaitAsync(Patience);
        return answer.Type == MessageType.ServiceConnect ? ServiceConnect.Parse(answer.Body.Span).Parameters : null;
    }

    /// <summary>Asks for a call and does not wait for the answer.</summary>
    public async Task TriggerAsync(string target, string service)
    {
        await greeted.Task.WaitAsync(Patience);
        await Control.WriteAsync(new TriggerRequest("", target, CallId, service, null).Encode(), over.Token);
    }

    /// <summary>Makes a call with all of its input at once; the status is 126 when it is refused.</summary>
    public async Task<(int Status, byte[] Output)> CallAsync(string target, string service, byte[]? input = null)
    {
        if (await AskAsync(target, service) is not { } peer)
            return (126, []);
        var output = new MemoryStream();
        await using (GuestChannel channel = Link.Open(new VchanAddress(peer.Domain, peer.Port)))
        {
            var streams = new CallerStreams(new MemoryStream(input ?? []), output, null);
            int status = await CallerSession.RunAsync(channel, streams, over.Token).WaitAsync(Patience);
            await channel.DisposeAsync();
            await TerminateAsync(peer);
            return (status, output.ToArray());
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (over.IsCancellationRequested)
            return;
        await over.CancelAsync();
        await Link.DisposeAsync();
        await running;
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (GuestChannel control in Link.Opened.ReadAllAsync(over.Token))
                _ = ServeAsync(control);
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(GuestChannel channel)
    {
        try
        {
            var control = new MessageConnection(channel);
            await control.WriteAsync(QrexecMessage.EncodeHello(Version), over.Token);
            if (await control.ReadAsync(over.Token) is not { } hello)
                return;
            control.Version = hello.ReadHello();
            Control = control;
            greeted.TrySetResult();
            while (await control.ReadAsync(over.Token) is { } message)
            {
                if (message.Type is not (MessageType.ExecCmdline or MessageType.JustExec))
                {
                    told.Writer.TryWrite(message);
                    continue;
                }
                ExecRequest request = ExecRequest.Parse(message.Body.Span);
                executed.Writer.TryWrite(request);
                if (Service is { } service)
                    _ = ExecuteAsync(service, request);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The host is gone, or the test is over.
        }
    }

    private async Task ExecuteAsync(Func<IVchan, string, Task<int>> service, ExecRequest request)
    {
        try
        {
            await using GuestChannel data = await ConnectAsync(request.Parameters);
            int status = await service(data, request.Command);
            await Services.SendAsync(data, MessageType.DataStdout, []);
            await Services.SendAsync(data, MessageType.DataStderr, []);
            await data.WriteAsync(QrexecMessage.EncodeExitCode(status), over.Token);
            await data.DisposeAsync();
            await TerminateAsync(request.Parameters);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The caller has left.
        }
    }
}
