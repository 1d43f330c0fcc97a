using System.Net.Sockets;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Daemon.Hosting;

/// <summary>Makes the directories that the daemon needs, where they are missing; existing ones are the administrator's.</summary>
internal static class Directories
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;                                              // 0750

    private const UnixFileMode Open = Private | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;        // 0755

    /// <exception cref="QubesException">A directory cannot be made, or sockets below the root could not be reached.</exception>
    public static void Prepare(QubesPaths paths)
    {
        RequireShort(paths.InternalSocket);
        Make(paths.State, Private);
        Make(paths.Cache, Private);
        Make(paths.Logs, Private);
        Make(paths.Runtime, Open);
    }

    private static void Make(string path, UnixFileMode mode)
    {
        if (Directory.Exists(path))
            return;
        try
        {
            Directory.CreateDirectory(path);
            File.SetUnixFileMode(path, mode); // Whatever the umask is.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QubesException($"{path} cannot be made: {e.Message} Run as root, or set QUBES_ROOT to a directory of yours.", e);
        }
    }

    private static void RequireShort(string socket)
    {
        try
        {
            _ = new UnixDomainSocketEndPoint(socket);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new QubesException($"{socket} is too long for a socket; QUBES_ROOT must be a shorter path", e);
        }
    }
}
