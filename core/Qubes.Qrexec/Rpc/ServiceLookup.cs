using Qubes.Qrexec.Protocol;

namespace Qubes.Qrexec.Rpc;

/// <summary>Finds services and their configuration in the file system (spec: protocol, section 9).</summary>
/// <param name="servicePath">Directories of services, separated by colons.</param>
/// <param name="configurationPath">Directories of configuration, separated by colons.</param>
public sealed class ServiceLookup(string servicePath, string configurationPath)
{
    private const int LongestFileName = 255;

    /// <summary>Says of a file that was found why it must not be used, or null; by default every file may.</summary>
    public Func<string, string?> Distrust { get; init; } = _ => null;

    /// <summary>The directories that the environment names, or the usual ones.</summary>
    public static ServiceLookup FromEnvironment() => new(
        Environment.GetEnvironmentVariable("QREXEC_SERVICE_PATH") ?? "/run/qubes-rpc:/usr/local/etc/qubes-rpc:/etc/qubes-rpc",
        Environment.GetEnvironmentVariable("QUBES_RPC_CONFIG_PATH")
            ?? "/run/qubes/rpc-config:/usr/local/etc/qubes/rpc-config:/etc/qubes/rpc-config");

    /// <summary>Finds what serves a call.</summary>
    /// <exception cref="ServiceException">Nothing does (127), or what is found cannot (125).</exception>
    public FoundService Find(ServiceDescriptor descriptor)
    {
        if (FindFile(servicePath, descriptor) is not var (path, mode, link))
            throw new ServiceException(ServiceException.NotFound, "no such service");
        if (link is not null)
        {
            return TcpServiceAddress.TryResolve(link, descriptor.Argument) is { } endpoint
                ? new FoundService(path, ServiceKind.Tcp, endpoint)
                : throw new ServiceException(ServiceException.Trouble, $"{path} and the argument make no address and port");
        }

        return (mode & FileStatus.TypeMask) switch
        {
            FileStatus.SocketFile => new FoundService(path, ServiceKind.Socket),
            FileStatus.RegularFile when (mode & FileStatus.AnyExecute) != 0 => new FoundService(path, ServiceKind.Program),
            _ => throw new ServiceException(ServiceException.Trouble, $"{path} is neither executable nor a socket"),
        };
    }

    /// <summary>The configuration of a call; everything unset if there is no file.</summary>
    /// <exception cref="ServiceException">A file exists but is malformed (125).</exception>
    public ServiceConfiguration Configuration(ServiceDescriptor descriptor)
    {
        if (FindFile(configurationPath, descriptor) is not var (path, _, _))
            return ServiceConfiguration.Empty;
        try
        {
            return ServiceConfiguration.Parse(File.ReadAllLines(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ServiceException(ServiceException.Trouble, $"{path}: {e.Message}");
        }
    }

    private (string Path, int Mode, string? TcpLink)? FindFile(string directories, ServiceDescriptor descriptor)
    {
        var found = FindAnyFile(directories, descriptor);
        if (found is { Path: var path } && Distrust(path) is { } reason)
            throw new ServiceException(ServiceException.Trouble, $"{path} is not used: {reason}");
        return found;
    }

    private static (string Path, int Mode, string? TcpLink)? FindAnyFile(string directories, ServiceDescriptor descriptor)
    {
        // A name that no file can have was not put there either.
        var specific = $"{descriptor.Service}+{descriptor.Argument}";
        var names = specific.Length <= LongestFileName ? new[] { specific, descriptor.Service } : [descriptor.Service];
        foreach (var name in names)
        {
            foreach (var directory in directories.Split(':', StringSplitOptions.RemoveEmptyEntries))
            {
                var path = Path.Combine(directory, name);
                // Nothing is there to be found at the end of these links, so they are looked at before they are followed.
                if (LinkTarget(path) is { } target && TcpServiceAddress.IsMeant(target))
                    return (path, 0, target);
                var (mode, error) = FileStatus.Of(path);
                if (error == 0)
                    return (path, mode, null);
                if (error is not (FileStatus.NoEntry or FileStatus.NotDirectory))
                    throw new ServiceException(ServiceException.Trouble, $"{path}: error {error}");
            }
        }

        return null;
    }

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Why it cannot be looked at is told by the look that follows.
            return null;
        }
    }
}
