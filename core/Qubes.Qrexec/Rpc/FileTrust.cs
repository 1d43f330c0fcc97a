namespace Qubes.Qrexec.Rpc;

/// <summary>Whether nobody but root and this process's user could have put a file where it is, or changed it.</summary>
public static class FileTrust
{
    private const int MostLinks = 40;

    /// <summary>
    /// Why what a path leads to must not be run or believed; null if it may. Every directory, link and file on the way has to belong to
    /// root or this process's user, and must not be writable by others. A sticky directory such as <c>/tmp</c> may only lead to a directory.
    /// A socket's own mode does not count: it says who may connect. The end of a link to <c>/dev/tcp</c> is no file.
    /// </summary>
    /// <param name="path">Absolute.</param>
    public static string? Distrust(string path)
    {
        var user = FileStatus.geteuid();
        var left = new Stack<string>();
        Push(left, path);
        var at = "/";
        for (var links = 0; left.TryPop(out var name);)
        {
            if (name == "..")
            {
                at = Path.GetDirectoryName(at) ?? "/";
                continue;
            }

            var next = Path.Combine(at, name);
            var (mode, owner, error) = FileStatus.OfItself(next);
            var type = mode & FileStatus.TypeMask;
            if (error != 0)
                return $"{next} cannot be looked at (error {error})";
            if (owner != 0 && owner != user)
                return $"{next} belongs to user {owner}; root or user {user} is due";
            if (type != FileStatus.Directory && IsOpen(at))
                return $"others may put files into {at}";
            switch (type)
            {
                case FileStatus.Link when ++links > MostLinks:
                    return $"{path} leads through too many links";
                case FileStatus.Link:
                    var target = new FileInfo(next).LinkTarget ?? "";
                    if (left.Count == 0 && TcpServiceAddress.IsMeant(target))
                        return null;
                    at = target.StartsWith('/') ? "/" : at;
                    Push(left, target);
                    break;
                case FileStatus.Directory when (mode & FileStatus.OthersWrite) != 0 && (mode & FileStatus.Sticky) == 0:
                    return $"others can write to {next}";
                case FileStatus.Directory:
                    at = next;
                    break;
                case FileStatus.RegularFile when (mode & FileStatus.OthersWrite) != 0:
                    return $"others can write to {next}";
            }
        }

        return null;
    }

    private static bool IsOpen(string directory) => (FileStatus.OfItself(directory).Mode & FileStatus.OthersWrite) != 0;

    private static void Push(Stack<string> left, string path)
    {
        foreach (var name in path.Split('/').AsEnumerable().Reverse())
        {
            if (name is not ("" or "."))
                left.Push(name);
        }
    }
}
