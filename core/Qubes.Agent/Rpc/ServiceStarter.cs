using System.Text;
using Qubes.Agent.Accounts;
using Qubes.Agent.Native;
using Qubes.Agent.Processes;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Rpc;

namespace Qubes.Agent.Rpc;

/// <summary>Turns a command text into a running service.</summary>
internal sealed class ServiceStarter(ServiceLookup lookup, AccountFiles accounts)
{
    /// <summary>Room in the pipes to and from a service, bytes.</summary>
    private const int PipeSize = 1024 * 1024;

    /// <summary>Who runs services that do not say.</summary>
    public required string DefaultUser { get; set; }

    /// <summary>Finds out what the command says.</summary>
    /// <param name="text">As it came from the host.</param>
    /// <exception cref="ServiceException">It cannot be served.</exception>
    public StartPlan Plan(string text)
    {
        var command = CommandText.TryParse(text)
            ?? throw new ServiceException(ServiceException.Trouble, "a command is malformed");
        if (command.Service is not { } descriptor)
            return new StartPlan { Program = ShellProgram(command) };
        var service = lookup.Find(descriptor);
        var configuration = lookup.Configuration(descriptor);
        foreach (var key in configuration.UnknownKeys)
            AgentLog.Write($"unknown key {key} in the configuration of {descriptor.FullName}");
        var account = Find(configuration.ForceUser ?? command.User, mustBecome: service.Kind == ServiceKind.Program);
        return new StartPlan
        {
            Program = service.Kind == ServiceKind.Program ? ServiceProgram(service, descriptor, account) : null,
            Socket = service.Kind == ServiceKind.Program ? null : service,
            Descriptor = descriptor,
            Configuration = configuration,
            SessionUser = configuration.WaitForSession == true && !command.NoGui ? account?.Name ?? command.User : null,
        };
    }

    /// <summary>Starts it.</summary>
    /// <param name="plan">What to start.</param>
    /// <param name="isConnected">Whether it gets streams; otherwise they lead nowhere.</param>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static RunningService Start(StartPlan plan, bool isConnected) => plan.Program switch
    {
        null => Connect(plan),
        { } program when isConnected => RunConnected(program),
        { } program => new RunningService { Pid = RunAlone(program, "") },
    };

    /// <summary>
    /// Starts the service that waits for a user's session, as root where that is possible: it asks about somebody else's. Returns
    /// its pid, or null if this guest has none.
    /// </summary>
    /// <exception cref="ServiceException">What is there is no such service.</exception>
    /// <exception cref="IOException">It cannot be started.</exception>
    public int? StartSessionWait(string user)
    {
        var descriptor = new ServiceDescriptor("qubes.WaitForSession", "", "dom0");
        try
        {
            var service = lookup.Find(descriptor);
            if (service.Kind != ServiceKind.Program)
                throw new ServiceException(ServiceException.Trouble, $"{service.Path} is not executable");
            var account = Find(Libc.EffectiveUser == 0 ? "root" : user, mustBecome: true);
            return RunAlone(ServiceProgram(service, descriptor, account), user + "\n");
        }
        catch (ServiceException e) when (e.Status == ServiceException.NotFound)
        {
            return null;
        }
    }

    private Program ShellProgram(CommandText command)
    {
        var account = Find(command.User, mustBecome: true)!;
        // A shell whose name begins with a minus sets up a login session.
        return new Program(account.Shell, ["-" + Path.GetFileName(account.Shell), "-c", command.Shell!],
            new Dictionary<string, string>(), account);
    }

    private static Program ServiceProgram(FoundService service, ServiceDescriptor descriptor, Account? account) => new(
        service.Path, ServiceEnvironment.CommandLine(service.Path, descriptor), ServiceEnvironment.Of(descriptor), account!);

    // A socket has its own ideas of who runs it; the user only matters for the session that it waits for.
    private Account? Find(string user, bool mustBecome)
    {
        var account = accounts.Find(user == "DEFAULT" ? DefaultUser : user);
        if (!mustBecome)
            return account;
        if (account is null)
            throw new ServiceException(ServiceException.Trouble, $"there is no user {user}");
        return Launcher.MayBecome(account)
            ? account
            : throw new ServiceException(ServiceException.Trouble, $"this agent cannot become user {user}");
    }

    // Its outputs lead nowhere; the input is short enough for any pipe.
    private static int RunAlone(Program program, string text)
    {
        var nothing = Descriptors.Open("/dev/null", Descriptors.ReadWrite);
        var input = Descriptors.Pipe();
        try
        {
            _ = Descriptors.Write(input.Writing, Encoding.UTF8.GetBytes(text));
            return Launcher.Start(program, text.Length > 0 ? input.Reading : nothing, nothing, nothing);
        }
        finally
        {
            foreach (var fd in (int[])[nothing, input.Reading, input.Writing])
                Descriptors.Close(fd);
        }
    }

    private static RunningService RunConnected(Program program)
    {
        var (input, output, error) = (Descriptors.Pipe(), Descriptors.Pipe(), Descriptors.Pipe());
        try
        {
            var pid = Launcher.Start(program, input.Reading, output.Writing, error.Writing);
            foreach (var fd in (int[])[input.Writing, output.Reading])
                Libc.EnlargePipe(fd, PipeSize);
            Libc.MakePipeNonBlocking(input.Writing, Descriptors.WriteOnly);
            Libc.MakePipeNonBlocking(output.Reading, Descriptors.ReadOnly);
            Libc.MakePipeNonBlocking(error.Reading, Descriptors.ReadOnly);
            return new RunningService { Pid = pid, Input = input.Writing, Output = output.Reading, Error = error.Reading };
        }
        catch (IOException)
        {
            foreach (var fd in (int[])[input.Writing, output.Reading, error.Reading])
                Descriptors.Close(fd);
            throw;
        }
        finally
        {
            foreach (var fd in (int[])[input.Reading, output.Writing, error.Writing])
                Descriptors.Close(fd);
        }
    }

    private static RunningService Connect(StartPlan plan)
    {
        var service = plan.Socket!;
        var fd = service.Endpoint is { } endpoint ? Libc.BeginConnectTcp(endpoint) : Libc.ConnectUnix(service.Path);
        return new RunningService
        {
            Input = Libc.Duplicate(fd),
            Output = fd,
            IsConnecting = service.Kind == ServiceKind.Tcp,
            Greeting = plan.Configuration.SkipServiceDescriptor == true ? [] : Encoding.UTF8.GetBytes(plan.Descriptor + "\0"),
            EndsWithInput = plan.Configuration.ExitOnClientEof == true,
            EndsWithOutput = plan.Configuration.ExitOnServiceEof == true,
        };
    }
}
