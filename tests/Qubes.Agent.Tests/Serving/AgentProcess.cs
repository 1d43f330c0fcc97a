using System.Diagnostics;
using System.Net.Sockets;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Tests.Serving;

/// <summary>
/// A real agent over a Unix socket, with services and configuration in a directory of its own, and the host's end of its link.
/// The environment's QUBES_AGENT names a published agent to test instead of the built one.
/// </summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    private const string Alone = """
        mkdir "$0/etc"
        for file in passwd group ld.so.cache dotnet; do [ ! -e /etc/$file ] || cp -a /etc/$file "$0/etc/"; done
        : > "$0/etc/machine-id"
        mount --bind "$0/etc" /etc
        mount -t tmpfs none /run
        exec "$@"
        """;

    private readonly Process process;
    private readonly DirectoryInfo directory;

    private AgentProcess(Process process, DirectoryInfo directory) => (this.process, this.directory) = (process, directory);

    public string Services => directory.CreateSubdirectory("rpc").FullName;

    public string Configuration => directory.CreateSubdirectory("config").FullName;

    public string Directory => directory.FullName;

    /// <summary>Where programs of the guest ask for calls.</summary>
    public string ClientSocket => Path.Combine(directory.FullName, "clients");

    /// <summary>Where they serve their vchans.</summary>
    public string Vchans => Path.Combine(directory.FullName, "vchan");

    public LinkConnection Link { get; private set; } = null!;

    public MessageConnection Control { get; private set; } = null!;

    public int Pid => process.Id;

    /// <param name="isAlone">
    /// Whether it gets a user, a mount and a host name's namespace of its own, with an <c>/etc</c> and a <c>/run</c> of its own: it is
    /// root there, and can change nothing of this machine.
    /// </param>
    public static async Task<AgentProcess> StartAsync(bool isAlone = false)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("qubes-agent-");
        var socket = Path.Combine(directory.FullName, "port");
        var published = Environment.GetEnvironmentVariable("QUBES_AGENT");
        var start = new ProcessStartInfo(isAlone ? "unshare" : published ?? "dotnet") { RedirectStandardError = true };
        if (isAlone)
        {
            foreach (var word in (string[])
                ["--user", "--map-root-user", "--mount", "--uts", "sh", "-ec", Alone, directory.FullName, published ?? "dotnet"])
                start.ArgumentList.Add(word);
        }

        if (published is null)
        {
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "qubes-agent.dll"));
        }

        foreach (var argument in (string[])["--socket", socket, "--client-socket", Path.Combine(directory.FullName, "clients")])
            start.ArgumentList.Add(argument);
        start.Environment["VCHAN_SOCKET_DIR"] = Path.Combine(directory.FullName, "vchan");
        start.Environment["QREXEC_SERVICE_PATH"] = directory.CreateSubdirectory("rpc").FullName;
        start.Environment["QUBES_RPC_CONFIG_PATH"] = directory.CreateSubdirectory("config").FullName;
        start.Environment["QREXEC_LEAKED"] = "yes";
        var agent = new AgentProcess(Process.Start(start)!, directory);
        agent.process.BeginErrorReadLine();
        await agent.ConnectAsync();
        return agent;
    }

    /// <summary>Connects the link and the control connection anew.</summary>
    public async Task ConnectAsync()
    {
        Link = await ConnectLinkAsync();
        Control = new MessageConnection(Link.OpenChannel(new VchanAddress(0, QrexecLimits.ControlPort)));
        Assert.Equal(4, (await Control.ReadAsync(default))!.ReadHello());
        await Control.WriteAsync(QrexecMessage.EncodeHello(4), default);
    }

    /// <summary>A link of its own.</summary>
    public Task<LinkConnection> ConnectLinkAsync() => LinkConnection.ConnectAsync(
        OpenStreamAsync, new LinkOptions(), TimeProvider.System, new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);

    /// <summary>A connection to its port.</summary>
    public async ValueTask<Stream> OpenStreamAsync(CancellationToken cancel)
    {
        var vchan = await UnixVchan.ConnectAsync(Path.Combine(directory.FullName, "port"), TimeProvider.System, cancel);
        return new NetworkStream(vchan.Socket, true);
    }

    public async Task AddServiceAsync(string name, string script)
    {
        var path = Path.Combine(Services, name);
        await File.WriteAllTextAsync(path, "#!/bin/bash\n" + script);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead
            | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }

    public Task StartCallAsync(string command, int port = 513, MessageType type = MessageType.ExecCmdline) =>
        Control.WriteAsync(new ExecRequest(new ExecParameters(0, port), command).Encode(type), default).AsTask();

    /// <summary>Starts a call as the user of this process, and takes its data connection.</summary>
    public async Task<LinkChannel> CallAsync(string service, int port = 513)
    {
        await StartCallAsync($"{Environment.UserName}:QUBESRPC {service} dom0", port);
        var channel = await Link.Incoming.ReadAsync();
        Assert.Equal(new VchanAddress(0, port), channel.Address);
        return channel;
    }

    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        directory.Delete(true);
    }
}
