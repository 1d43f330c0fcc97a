namespace Qubes.Agent.Accounts;

/// <summary>
/// Looks users up in <c>passwd</c> and <c>group</c>. The C library's own look-up needs shared libraries, which a static program
/// does not have.
/// </summary>
internal sealed class AccountFiles(string passwd, string group)
{
    /// <summary>The user of that name or number, or null.</summary>
    public Account? Find(string name)
    {
        foreach (var line in Lines(passwd))
        {
            // name:password:uid:gid:comment:home:shell
            if (line.Split(':') is not [var found, _, var user, var main, _, var home, var shell, ..]
                || !(found == name || user == name)
                || !uint.TryParse(user, out var userId)
                || !uint.TryParse(main, out var groupId))
                continue;
            return new Account(found, userId, groupId, [groupId, .. GroupsOf(found, groupId)], home,
                shell.Length > 0 ? shell : "/bin/sh");
        }

        return null;
    }

    private IEnumerable<uint> GroupsOf(string name, uint main)
    {
        foreach (var line in Lines(group))
        {
            // name:password:gid:member,member
            if (line.Split(':') is [_, _, var number, var members, ..]
                && uint.TryParse(number, out var id)
                && id != main
                && members.Split(',').Contains(name))
                yield return id;
        }
    }

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}
