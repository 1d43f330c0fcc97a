using System.Runtime.InteropServices;
using System.Text;
using Qubes.Agent.Accounts;
using Qubes.Agent.Native;
using Qubes.Agent.Processes;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Rpc;

namespace Qubes.Agent.Rpc;

/// <summary>Turns a command text into a running service.</summary>
internal sealed class ServiceStarter(ServiceLookup lookup, AccountFiles accounts, string defaultUser)
{
    /// <summary>Room in the pipes to and from a service, bytes.</summary>
    private const int PipeSize = 1024 * 1024;

    /// <summary>Starts what the command says.</summary>
    /// <param name="text">As it came from the host.</param>
    /// <param name="isConnected">Whether it gets streams; otherwise they lead nowhere.</param>
    /// <exception cref="ServiceException">It cannot be started.</exception>
    public RunningService Start(string text, bool isConnected)
    {
        var command = CommandText.TryParse(text)
            ?? throw new ServiceException(ServiceException.Trouble, "a command is malformed");
        try
        {
            if (command.Service is not { } descriptor)
                return Run(ShellProgram(command), isConnected);
            var service = lookup.Find(descriptor);
            var configuration = lookup.Configuration(descriptor);
            foreach (var key in configuration.UnknownKeys)
                AgentLog.Write($"unknown key {key} in the configuration of {descriptor.FullName}");
            return service.Kind != ServiceKind.Program
                ? Connect(service, descriptor, configuration)
                : Run(ServiceProgram(service, descriptor, configuration.ForceUser ?? command.User), isConnected);
        }
        catch (IOException e)
        {
            throw new ServiceException(ServiceException.Trouble, e.Message);
        }
    }

    private Program ShellProgram(CommandText command)
    {
        var account = Find(command.User);
        // A shell whose name begins with a minus sets up a login session.
        return new Program(account.Shell, ["-" + Path.GetFileName(account.Shell), "-c", command.Shell!],
            new Dictionary<string, string>(), account);
    }

    private Program ServiceProgram(FoundService service, ServiceDescriptor descriptor, string user) => new(
        service.Path, ServiceEnvironment.CommandLine(service.Path, descriptor), ServiceEnvironment.Of(descriptor), Find(user));

    private Account Find(string user)
    {
        var account = accounts.Find(user == "DEFAULT" ? defaultUser : user)
            ?? throw new ServiceException(ServiceException.Trouble, $"there is no user {user}");
        return Launcher.MayBecome(account)
            ? account
            : throw new ServiceException(ServiceException.Trouble, $"this agent cannot become user {user}");
    }

    private static RunningService Run(Program program, bool isConnected)
    {
        if (!isConnected)
        {
            var nothing = Libc.Open("/dev/null", Libc.ReadWrite);
            try
            {
                return new RunningService { Pid = Launcher.Start(program, nothing, nothing, nothing) };
            }
            finally
            {
                Libc.Close(nothing);
            }
        }

        var (input, output, error) = (Libc.Pipe(), Libc.Pipe(), Libc.Pipe());
        try
        {
            var pid = Launcher.Start(program, input.Reading, output.Writing, error.Writing);
            foreach (var fd in (int[])[input.Writing, output.Reading])
                Libc.EnlargePipe(fd, PipeSize);
            Libc.MakePipeNonBlocking(input.Writing, Libc.WriteOnly);
            Libc.MakePipeNonBlocking(output.Reading, Libc.ReadOnly);
            Libc.MakePipeNonBlocking(error.Reading, Libc.ReadOnly);
            return new RunningService { Pid = pid, Input = input.Writing, Output = output.Reading, Error = error.Reading };
        }
        catch (IOException)
        {
            foreach (var fd in (int[])[input.Writing, output.Reading, error.Reading])
                Libc.Close(fd);
            throw;
        }
        finally
        {
            foreach (var fd in (int[])[input.Reading, output.Writing, error.Writing])
                Libc.Close(fd);
        }
    }

    private static RunningService Connect(FoundService service, ServiceDescriptor descriptor, ServiceConfiguration configuration)
    {
        var fd = Libc.ConnectUnix(service.Path);
        if (configuration.SkipServiceDescriptor != true)
        {
            var greeting = Encoding.UTF8.GetBytes(descriptor + "\0");
            // One that does not listen at all may still have something to say; a fresh socket has room for any descriptor.
            if (Libc.Write(fd, greeting) != greeting.Length && Marshal.GetLastPInvokeError() != Errno.BrokenPipe)
            {
                Libc.Close(fd);
                throw new ServiceException(ServiceException.Trouble, $"{service.Path} does not take the service descriptor");
            }
        }

        return new RunningService
        {
            Input = Libc.Duplicate(fd),
            Output = fd,
            EndsWithInput = configuration.ExitOnClientEof == true,
            EndsWithOutput = configuration.ExitOnServiceEof == true,
        };
    }
}
