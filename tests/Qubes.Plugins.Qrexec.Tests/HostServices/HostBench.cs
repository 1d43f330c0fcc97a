using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using NSubstitute;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.HostServices;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Plugins.Qrexec.Tests.HostServices;

/// <summary>The services of a host in a directory of its own, called over sockets.</summary>
internal sealed class HostBench : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("hst");
    private readonly HostServiceKinds services;

    public HostBench(TimeProvider? time = null, params object[] offered)
    {
        time ??= TimeProvider.System;
        var paths = new QubesPaths(root.FullName, "/usr");
        Extensions = new OfferedExtensions(offered);
        var programs = new ProgramServices(paths, time, new Logger<ProgramService>(Log));
        var logger = new Logger<PluginService>(Log);
        services = new(
            new AdminServices(Extensions, programs, time, logger), new PluginServices(Extensions, time, logger), programs, time,
            new Logger<HostServiceKinds>(Log));
        Qube = Substitute.For<IQube>();
        Qube.Name.Returns("work");
        Source = new CallSource("work", Qube);
    }

    public CapturedLog Log { get; } = new();

    public OfferedExtensions Extensions { get; }

    public IQube Qube { get; }

    public CallSource Source { get; set; }

    public string Root => root.FullName;

    /// <summary>Puts a file below the root.</summary>
    public string Put(string path, string text)
    {
        string full = Path.Combine(root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!, Executable);
        File.WriteAllText(full, text);
        File.SetUnixFileMode(full, Executable);
        return full;
    }

    /// <summary>Puts a service that is a shell script.</summary>
    public string PutProgram(string name, string script) => Put("etc/qubes-rpc/" + name, "#!/bin/sh\n" + script + "\n");

    /// <summary>Begins a call: the caller's end, and the end of the service's side.</summary>
    public async Task<(UnixVchan Caller, Task Serving)> BeginAsync(string descriptor, CancellationToken cancel = default)
    {
        string path = Path.Combine(Path.GetTempPath(), $"hst-{Guid.NewGuid():N}.sock");
        await using var listener = new UnixVchanListener(path);
        UnixVchan caller = await UnixVchan.ConnectAsync(path, TimeProvider.System, CancellationToken.None);
        UnixVchan vchan = await listener.AcceptAsync(CancellationToken.None);
        return (caller, ServeAsync(Source, descriptor, vchan, cancel));
    }

    /// <summary>A whole call.</summary>
    public async Task<(int Status, string Output)> CallAsync(string descriptor, string input = "")
    {
        var (caller, serving) = await BeginAsync(descriptor);
        await using (caller)
        {
            var output = new MemoryStream();
            var error = new MemoryStream();
            var streams = new CallerStreams(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error);
            int status = await CallerSession.RunAsync(caller, streams, CancellationToken.None).WaitAsync(Patience);
            await serving.WaitAsync(Patience);
            Assert.Equal(0, error.Length);
            return (status, Encoding.UTF8.GetString(output.ToArray()));
        }
    }

    /// <summary>A server of one connection: what it got up to the end, having said what it says.</summary>
    public async Task<string> ServeSocketAsync(string path, string says, bool closesFirst = false)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(root.FullName, path)));
        listener.Listen(1);
        using Socket client = await listener.AcceptAsync();
        using var reader = new StreamReader(new NetworkStream(client));
        await client.SendAsync(Encoding.UTF8.GetBytes(says));
        if (closesFirst)
            client.Shutdown(SocketShutdown.Send);
        return await reader.ReadToEndAsync();
    }

    /// <summary>Lets virtual time pass, as much as it takes, until the work is done; at most 1000 seconds of it.</summary>
    public static async Task AdvanceUntilAsync(VirtualTimeProvider time, Task work)
    {
        for (int i = 0; i < 1000 && !work.IsCompleted; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
        }
    }

    public ValueTask DisposeAsync()
    {
        root.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Serves one call of whomever.</summary>
    public async Task ServeAsync(CallSource source, string descriptor, IVchan vchan, CancellationToken cancel)
    {
        await using (vchan)
            await services.ServeAsync(source, ServiceDescriptor.TryParse(descriptor)!, vchan, cancel);
    }
}
