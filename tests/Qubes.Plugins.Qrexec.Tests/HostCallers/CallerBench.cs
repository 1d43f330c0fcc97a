using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using NSubstitute;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.HostCallers;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qrexec.Tests.HostCallers;

/// <summary>The socket for programs on the host, in a directory of its own, with a maker of calls that a test plays.</summary>
internal sealed class CallerBench : IAsyncDisposable, ICallMaker
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("clr");
    private readonly LocalCallers callers;
    private bool isStopped;

    private CallerBench(TimeProvider time)
    {
        Paths = new QubesPaths(root.FullName, "/usr");
        Accounts.UserName(Arg.Any<uint>()).Returns("alice");
        Write("alice desk red");
        var sources = new CallerSources(Paths, Accounts, Qubes, new InlineLoop());
        callers = new LocalCallers(Paths, sources, new CallerVchans(Paths, time), this, time, new Logger<LocalCallers>(Log));
    }

    public QubesPaths Paths { get; }

    public CapturedLog Log { get; } = new();

    public IQubes Qubes { get; } = Substitute.For<IQubes>();

    public ILocalAccounts Accounts { get; } = Substitute.For<ILocalAccounts>();

    /// <summary>Makes a call; by default, refuses it.</summary>
    public Func<ICaller, CallRequest, CancellationToken, Task> Make { get; set; } = (caller, _, cancel) => caller.RefuseAsync(cancel);

    public string SocketPath => Paths.Runtime + "/qrexec-agent";

    public string FilePath => Paths.Configuration + "/host-callers.conf";

    /// <summary>Where a program of this test's user serves its vchan.</summary>
    public string VchanPath(ExecParameters peer) =>
        VchanSocketPath.Of($"{Paths.Runtime}/client-vchan/{Uid}", 0, peer.Domain, peer.Port);

    private static string Uid => File.ReadLines("/proc/self/status").First(l => l.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];

    public static async Task<CallerBench> StartAsync(TimeProvider? time = null)
    {
        var bench = new CallerBench(time ?? TimeProvider.System);
        await bench.callers.StartAsync(CancellationToken.None);
        return bench;
    }

    public void Write(string lines)
    {
        Directory.CreateDirectory(Paths.Configuration);
        File.WriteAllText(FilePath, lines);
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
        return socket;
    }

    /// <summary>A program that has said what it wants.</summary>
    public async Task<Socket> AskAsync(string target = "@dispvm", string service = "dz.Convert", string source = "", string id = "SOCKET")
    {
        Socket socket = await ConnectAsync();
        await socket.SendAsync(new TriggerRequest(source, target, RequestId.FromText(id), service, null).Encode());
        return socket;
    }

    /// <summary>The 8 bytes; null when the connection was closed instead.</summary>
    public static async Task<ExecParameters?> AnswerAsync(Socket socket)
    {
        var answer = new byte[8];
        for (int length = 0; length < 8;)
        {
            int count = await socket.ReceiveAsync(answer.AsMemory(length)).AsTask().WaitAsync(Patience);
            if (count == 0)
                return null;
            length += count;
        }
        return ExecParameters.Read(answer);
    }

    public Task MakeAsync(ICaller caller, CallRequest request, CancellationToken cancel) => Make(caller, request, cancel);

    public Task StopAsync()
    {
        isStopped = true;
        return callers.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!isStopped)
            await StopAsync().WaitAsync(Patience);
        root.Delete(recursive: true);
    }
}
