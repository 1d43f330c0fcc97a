using Qubes.Agent.Accounts;

namespace Qubes.Agent.Tests.Accounts;

public sealed class AccountFilesTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("qubes-accounts-");

    [Fact]
    public void A_user_is_found_by_name_or_number_with_all_groups()
    {
        var accounts = Write("root:x:0:0:root:/root:/bin/bash\nbroken\nuser:x:1000:1001:,,:/home/user:\n",
            "root:x:0:\nqubes:x:98:user,other\nuser:x:1001:user\nothers:x:99:other\n");
        var user = accounts.Find("user")!;
        Assert.Equal(("user", 1000u, 1001u, "/home/user", "/bin/sh"), (user.Name, user.User, user.Group, user.Home, user.Shell));
        Assert.Equal([1001u, 98u], user.Groups);
        Assert.Equal("root", accounts.Find("0")!.Name);
    }

    [Fact]
    public void Nobody_is_found_where_nobody_is()
    {
        Assert.Null(Write("user:x:abc:1000::/:/bin/sh\n", "").Find("user"));
        Assert.Null(new AccountFiles("/does/not/exist", "/does/not/exist").Find("root"));
    }

    public void Dispose() => directory.Delete(true);

    private AccountFiles Write(string passwd, string group)
    {
        var (first, second) = (Path.Combine(directory.FullName, "passwd"), Path.Combine(directory.FullName, "group"));
        File.WriteAllText(first, passwd);
        File.WriteAllText(second, group);
        return new AccountFiles(first, second);
    }
}
