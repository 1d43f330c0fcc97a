using Qubes.Agent.Native;
using Qubes.Qrexec.Protocol;

namespace Qubes.Agent.Rpc;

/// <summary>Finds services and their configuration in the file system (spec: protocol, section 9).</summary>
/// <param name="servicePath">Directories of services, separated by colons.</param>
/// <param name="configurationPath">Directories of configuration.</param>
internal sealed class ServiceLookup(string servicePath, string configurationPath)
{
    private const int LongestFileName = 255;
    private const int FileType = 0xf000;
    private const int RegularFile = 0x8000;
    private const int SocketFile = 0xc000;
    private const int AnyExecute = 0x49;

    /// <summary>The directories that the environment names, or the usual ones.</summary>
    public static ServiceLookup FromEnvironment() => new(
        Environment.GetEnvironmentVariable("QREXEC_SERVICE_PATH") ?? "/run/qubes-rpc:/usr/local/etc/qubes-rpc:/etc/qubes-rpc",
        Environment.GetEnvironmentVariable("QUBES_RPC_CONFIG_PATH")
            ?? "/run/qubes/rpc-config:/usr/local/etc/qubes/rpc-config:/etc/qubes/rpc-config");

    /// <summary>Finds what serves a call.</summary>
    /// <exception cref="ServiceException">Nothing does (127), or what is found cannot (125).</exception>
    public FoundService Find(ServiceDescriptor descriptor)
    {
        if (FindFile(servicePath, descriptor) is not var (path, mode))
            throw new ServiceException(ServiceException.NotFound, "no such service");
        return (mode & FileType) switch
        {
            SocketFile => new FoundService(path, true),
            RegularFile when (mode & AnyExecute) != 0 => new FoundService(path, false),
            _ => throw new ServiceException(ServiceException.Trouble, $"{path} is neither executable nor a socket"),
        };
    }

    /// <summary>The configuration of a call; everything unset if there is no file.</summary>
    /// <exception cref="ServiceException">A file exists but is malformed (125).</exception>
    public ServiceConfiguration Configuration(ServiceDescriptor descriptor)
    {
        if (FindFile(configurationPath, descriptor) is not var (path, _))
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

    private static (string Path, int Mode)? FindFile(string directories, ServiceDescriptor descriptor)
    {
        // A name that no file can have was not put there either.
        var specific = $"{descriptor.Service}+{descriptor.Argument}";
        var names = specific.Length <= LongestFileName ? new[] { specific, descriptor.Service } : [descriptor.Service];
        foreach (var name in names)
        {
            foreach (var directory in directories.Split(':', StringSplitOptions.RemoveEmptyEntries))
            {
                var path = Path.Combine(directory, name);
                var (mode, error) = Libc.FileMode(path);
                if (error == 0)
                    return (path, mode);
                if (error is not (Errno.NoEntry or Errno.NotDirectory))
                    throw new ServiceException(ServiceException.Trouble, $"{path}: error {error}");
            }
        }

        return null;
    }
}
