using System.Threading.Channels;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.Tests.Guests;

/// <summary>An agent in a process: answers on its link, and runs the services that a test gives it.</summary>
internal sealed class FakeGuest : IAsyncDisposable
{
    private readonly CancellationTokenSource over = new();
    private readonly Channel<ExecRequest> executed = Channel.CreateUnbounded<ExecRequest>();
    private readonly Channel<QrexecMessage> told = Channel.CreateUnbounded<QrexecMessage>();
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
    public async Task<GuestChannel> ConnectAsync(int port)
    {
        GuestChannel channel = Link.Open(new VchanAddress(0, port));
        await DataHandshake.ExchangeAsync(channel, sendFirst: true, over.Token);
        return channel;
    }

    public async Task TerminateAsync(int port) =>
        await Control.WriteAsync(new ExecParameters(0, port).Encode(MessageType.ConnectionTerminated), over.Token);

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
            await using GuestChannel data = await ConnectAsync(request.Parameters.Port);
            int status = await service(data, request.Command);
            await Services.SendAsync(data, MessageType.DataStdout, []);
            await Services.SendAsync(data, MessageType.DataStderr, []);
            await data.WriteAsync(QrexecMessage.EncodeExitCode(status), over.Token);
            await data.DisposeAsync();
            await TerminateAsync(request.Parameters.Port);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The caller has left.
        }
    }
}
