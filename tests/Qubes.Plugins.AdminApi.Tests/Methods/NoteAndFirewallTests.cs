using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.AdminApi.Methods.Firewall;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.AdminApi.Tests.Methods;

public sealed class NoteAndFirewallTests
{
    [Theory]
    [InlineData("two\nlines\tand caf\u00e9", "two\nlines\tand caf\u00e9")]
    [InlineData("\u001b[31mred\r", "_[31mred_")]
    [InlineData("\u202eevil\u2028", "_evil_")]
    [InlineData("a\0b\u007f\u0085", "a_b__")]
    [InlineData("\U0001F600", "\U0001F600")]
    [InlineData("", "")]
    public async Task Notes_keep_text_and_lose_what_could_steer_a_terminal(string written, string kept)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(d => d.Work.Notes = "old");
        byte[] request = [.. "admin.vm.notes.Set+ dom0 name work\0"u8, .. System.Text.Encoding.UTF8.GetBytes(written)];
        Assert.Equal("0\0", await daemon.SendAsync(request));
        Assert.Equal(kept, daemon.Work.Notes);
        Assert.Equal("0\0" + kept, await daemon.CallAsync("admin.vm.notes.Get+", "work"));
    }

    [Fact]
    public async Task Notes_that_are_no_UTF8_are_refused()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        string answer = await daemon.CallAsync("admin.vm.notes.Set+", "work", "caf\u00e9");
        Assert.Equal("2\0ProtocolError\0\0the notes are not valid UTF-8\0", answer);
    }

    [Fact]
    public async Task Firewall_rules_are_set_normalised_and_read_back()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.Equal("0\0action=accept\n", await daemon.CallAsync("admin.vm.firewall.Get+", "work"));
        Assert.Equal("0\0", await daemon.CallAsync(
            "admin.vm.firewall.Set+", "work", "dstports=80 proto=tcp dst4=192.168.0.0/24 action=accept comment=web\naction=drop\n"));
        Assert.Equal(
            "0\0action=accept dst4=192.168.0.0/24 proto=tcp dstports=80-80 comment=web\naction=drop\n",
            await daemon.CallAsync("admin.vm.firewall.Get+", "work"));
    }

    [Fact]
    public async Task A_rule_that_has_expired_is_not_shown()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(d => d.Work.Firewall =
            [FirewallRule.Parse("action=accept expire=100"), FirewallRule.Parse("action=drop expire=200")]);
        daemon.Time.Advance(TimeSpan.FromSeconds(99));
        Assert.Equal("0\0action=accept expire=100\naction=drop expire=200\n", await daemon.CallAsync("admin.vm.firewall.Get+", "work"));
        daemon.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("0\0action=drop expire=200\n", await daemon.CallAsync("admin.vm.firewall.Get+", "work"));
    }

    [Fact]
    public async Task A_reload_is_announced()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.firewall.Reload+", "work"));
        Assert.Same(daemon.Work, Assert.Single(daemon.Bus.Fired.OfType<FirewallChanged>()).Qube);
    }

    [Theory]
    [InlineData("", "ProtocolError")]
    [InlineData("action=accept comment=\u00e9", "ProtocolError")]
    [InlineData("proto=tcp", "QubesValueError")]
    [InlineData("action=accept\n\naction=drop", "QubesValueError")]
    [InlineData("\n", "QubesValueError")]
    public async Task Rules_that_are_none_are_refused_and_change_nothing(string payload, string wireClass)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.StartsWith(
            $"2\0{wireClass}\0\0", await daemon.CallAsync("admin.vm.firewall.Set+", "work", payload), StringComparison.Ordinal);
        Assert.Same(FirewallRule.AcceptAll, Assert.Single(daemon.Work.Firewall));
    }

    [Fact]
    public void Any_rules_are_taken_apart_or_refused_and_reading_them_again_changes_nothing() =>
        Check.QuickThrowOnFailure(Prop.ForAll((byte[] bytes) =>
        {
            try
            {
                var rules = FirewallMethods.Parse([.. "action=drop comment="u8, .. bytes]);
                string text = string.Join('\n', rules);
                return text == string.Join('\n', FirewallMethods.Parse(System.Text.Encoding.ASCII.GetBytes(text)));
            }
            catch (QubesException)
            {
                return true;
            }
        }));
}
