using Qubes.Agent.Boot;
using Qubes.Agent.Native;
using Qubes.Agent.Rpc;
using Qubes.Agent.Serving;
using Qubes.Agent.Vchans;

namespace Qubes.Agent;

/// <summary>
/// <c>qubes-agent</c>: serves the host over the virtio-serial port <c>org.qubes.agent</c> or, as <see cref="AgentOptions.Usage"/>
/// says, by other ways. As the first process of a guest it brings the guest up before. Under the name <c>qubes-vmexec</c> it is
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
            if (isInit)
                return Serve(GuestInit.Run(), isInit, new AgentOptions());
            if (AgentOptions.TryParse(arguments) is not { } options)
                return Refuse();
            return Serve(BootParameters.Parse(options.UsesPort ? File.ReadAllText("/proc/cmdline") : ""), isInit, options);
        }
        catch (Exception e) when (isInit && e is IOException or UnauthorizedAccessException)
        {
            // An init that returns is a kernel panic; one that says why and ends the machine is not.
            AgentLog.Write($"cannot go on: {e.Message}");
            PowerDown.Run();
            return 1;
        }
    }

    private static int Serve(BootParameters parameters, bool isInit, AgentOptions options)
    {
        if (options.VchanDirectory is { } vchans)
        {
            // Its services call others through the same vchans.
            Environment.SetEnvironmentVariable(VchanDirectory.PathVariable, vchans);
            Environment.SetEnvironmentVariable(VchanDirectory.DomainVariable, options.Domain.ToString());
        }

        using var server = new AgentServer(parameters.User, isInit);
        if (options.VchanDirectory is not null)
            server.UseVchans();
        else if (options.LinkSocket is { } socket)
            server.UseSocket(socket);
        else
            server.UseDevice(DevicePort.Find(PortName, PortTimeout) ?? throw new IOException($"there is no port {PortName}"));
        if ((options.ClientSocket ?? (options.UsesPort ? AgentOptions.UsualClientSocket : null)) is { } clients)
            server.TakeCalls(clients);
        server.Run();
        return 0;
    }

    private static int Refuse()
    {
        AgentLog.Write(AgentOptions.Usage);
        return UsageError;
    }
}
