using Qubes.Plugins.Qrexec.HostCallers;

namespace Qubes.Plugins.Qrexec.Tests.HostCallers;

public sealed class LocalAccountsTests
{
    private readonly LocalAccounts accounts = new();

    [Fact]
    public void Users_are_found_by_number() => Assert.Equal("root", accounts.UserName(0));

    [Fact]
    public void A_number_without_an_account_is_nobody() => Assert.Null(accounts.UserName(3_999_999_999));

    [Fact]
    public void Membership_is_that_of_the_database()
    {
        string primary = File.ReadLines("/etc/group").First(l => l.Split(':')[2] == "0").Split(':')[0];
        Assert.True(accounts.IsMember(0, primary));
        Assert.False(accounts.IsMember(0, "nogroup"));
        Assert.False(accounts.IsMember(0, "no-such-group"));
        Assert.False(accounts.IsMember(3_999_999_999, primary));
    }
}
