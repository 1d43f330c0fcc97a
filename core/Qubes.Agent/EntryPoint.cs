using Qubes.Agent.Boot;
using Qubes.Agent.Native;
using Qubes.Agent.Rpc;
using Qubes.Agent.Serving;

namespace Qubes.Agent;

/// <summary>
/// <c>qubes-agent [--socket PATH]</c>: serves the host over the virtio-serial port <c>org.qubes.agent</c>, or over a Unix socket
/// that it listens at. As the first process of a guest it brings the guest up before. Under the name <c>qubes-vmexec</c> it is
/// the service <c>qubes.VMExec</c>.
/// </summary>
internal static class EntryPoint
{
    private const string PortName = "org.qubes.agent";
    private const int PortTimeout = 10_000;
    private const int UsageError = 2;

    public static int Main(string[] arguments)
    {
        if (Path.GetFileName(Environment.GetCommandLineArgs()[0]) == "qubes-vmexec")
            return VmExec.Run(arguments is [var only] ? only : "");
        Libc.IgnoreBrokenPipes();
        var isInit = Environment.ProcessId == 1;
        try
        {
            return (isInit, arguments) switch
            {
                (true, _) => Serve(GuestInit.Run(), isInit, null),
                (_, []) => Serve(BootParameters.Parse(File.ReadAllText("/proc/cmdline")), isInit, null),
                (_, ["--socket", var path]) => Serve(BootParameters.Parse(""), isInit, path),
                _ => Refuse(),
            };
        }
        catch (Exception e) when (isInit && e is IOException or UnauthorizedAccessException)
        {
            // An init that returns is a kernel panic; one that says why and ends the machine is not.
            AgentLog.Write($"cannot go on: {e.Message}");
            PowerDown.Run();
            return 1;
        }
    }

    private static int Serve(BootParameters parameters, bool isInit, string? socketPath)
    {
        using var server = new AgentServer(parameters.User, isInit);
        if (socketPath is not null)
            server.UseSocket(socketPath);
        else
            server.UseDevice(DevicePort.Find(PortName, PortTimeout) ?? throw new IOException($"there is no port {PortName}"));
        server.Run();
        return 0;
    }

    private static int Refuse()
    {
        AgentLog.Write("usage: qubes-agent [--socket PATH]");
        return UsageError;
    }
}
