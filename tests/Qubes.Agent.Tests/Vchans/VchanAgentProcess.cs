using System.Diagnostics;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Tests.Vchans;

/// <summary>A real agent among Unix-socket vchans, and a daemon written by the specification alone.</summary>
internal sealed class VchanAgentProcess : IAsyncDisposable
{
    public const int Domain = 7;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly Process process;
    private readonly DirectoryInfo directory;

    private VchanAgentProcess(Process process, DirectoryInfo directory) => (this.process, this.directory) = (process, directory);

    public string Vchans => Path.Combine(directory.FullName, "vchan");

    public string ClientSocket => Path.Combine(directory.FullName, "clients");

    public MessageConnection Control { get; private set; } = null!;

    public static async Task<VchanAgentProcess> StartAsync()
    {
        var directory = Directory.CreateTempSubdirectory("qubes-vchan-");
        var agent = new VchanAgentProcess(Start(directory.FullName), directory);
        agent.process.BeginErrorReadLine();
        await agent.ConnectAsync();
        return agent;
    }

    public async Task ConnectAsync()
    {
        using var patience = new CancellationTokenSource(Limit);
        var path = VchanSocketPath.Of(Vchans, Domain, 0, QrexecLimits.ControlPort);
        Control = new MessageConnection(await UnixVchan.ConnectAsync(path, TimeProvider.System, patience.Token));
        Assert.Equal(4, (await ReadAsync()).ReadHello());
        await Control.WriteAsync(QrexecMessage.EncodeHello(4), default);
    }

    public async Task<QrexecMessage> ReadAsync() => (await Control.ReadAsync(default).AsTask().WaitAsync(Limit))!;

    public async Task ExpectEndAsync(int domain, int port)
    {
        var message = await ReadAsync();
        Assert.Equal(MessageType.ConnectionTerminated, message.Type);
        Assert.Equal(new ExecParameters(domain, port), ExecParameters.Read(message.Body.Span));
    }

    public async Task AddServiceAsync(string name, string script)
    {
        var path = Path.Combine(directory.CreateSubdirectory("rpc").FullName, name);
        await File.WriteAllTextAsync(path, "#!/bin/bash\n" + script);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    /// <summary>Runs a service for a caller that serves the data vchan, as the host or another guest.</summary>
    public async Task<UnixVchan> CallAsync(string service, int caller, int port)
    {
        await using var listener = new UnixVchanListener(VchanSocketPath.Of(Vchans, caller, Domain, port));
        await Control.WriteAsync(new ExecRequest(new ExecParameters(caller, port), $"{Environment.UserName}:QUBESRPC {service} peer")
            .Encode(MessageType.ExecCmdline), default);
        using var patience = new CancellationTokenSource(Limit);
        return await listener.AcceptAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Control.DisposeAsync();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        directory.Delete(true);
    }

    private static Process Start(string directory)
    {
        var published = Environment.GetEnvironmentVariable("QUBES_AGENT");
        var start = new ProcessStartInfo(published ?? "dotnet") { RedirectStandardError = true };
        string[] program = published is null ? ["exec", Path.Combine(AppContext.BaseDirectory, "qubes-agent.dll")] : [];
        foreach (var argument in (string[])[.. program, "--vchan-socket", directory + "/vchan", "--domain", $"{Domain}", "--client-socket", directory + "/clients"])
            start.ArgumentList.Add(argument);
        start.Environment["QREXEC_SERVICE_PATH"] = directory + "/rpc";
        start.Environment["QUBES_RPC_CONFIG_PATH"] = directory + "/config";
        return Process.Start(start)!;
    }
}
