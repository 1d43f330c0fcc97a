using Qubes.Plugins.Qrexec.Calls;
using Qubes.Qrexec.Rpc;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qrexec.HostCallers;

/// <summary>
/// Whom a user of the host speaks for: what the administrator wrote into <c>host-callers.conf</c>, and nothing otherwise. Root and the
/// daemon's own user need a line, too. The file is read for each call, so that a change counts at once.
/// </summary>
internal sealed class CallerSources(QubesPaths paths, ILocalAccounts accounts, IQubes qubes, IKernelLoop loop)
{
    private const int LongestFile = 64 * 1024;

    private readonly string file = paths.Configuration + "/host-callers.conf";

    /// <summary>The source of a user's calls.</summary>
    /// <exception cref="HostCallersException">Nobody says who that is, or the file cannot be used; the text says what would help.</exception>
    public async Task<CallSource> FindAsync(uint uid, CancellationToken cancel)
    {
        string user = accounts.UserName(uid) ?? throw new HostCallersException(file, $"user {uid} has no account on this host");
        IReadOnlyList<CallerLine> lines = await ReadAsync(user, cancel);
        CallerLine line = lines.FirstOrDefault(l => l.IsGroup ? accounts.IsMember(uid, l.Account) : l.Account == user)
            ?? throw new HostCallersException(file, $"no line is about {user}; '{Example(user)}' would let them call under that name");
        bool isTaken = await loop.InvokeAsync(() => Task.FromResult(qubes.TryFind(line.Name, out _)));
        return isTaken
            ? throw new HostCallersException(line.Location, $"'{line.Name}' is a qube; callers on the host need a name of their own")
            : new CallSource(line.Name, null) { Tags = line.Tags };
    }

    private async Task<IReadOnlyList<CallerLine>> ReadAsync(string user, CancellationToken cancel)
    {
        if (!File.Exists(file))
            throw new HostCallersException(file, $"there is no such file; one with the line '{Example(user)}' would let {user} call");
        if (FileTrust.Distrust(file) is { } reason)
            throw new HostCallersException(file, reason);
        try
        {
            if (new FileInfo(file).Length > LongestFile)
                throw new HostCallersException(file, $"it is longer than {LongestFile} bytes");
            return HostCallersFile.Parse(file, await File.ReadAllTextAsync(file, cancel));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostCallersException(file, e.Message);
        }
    }

    private static string Example(string user) => $"{user} {user}-desktop";
}
