using Qubes.Kernel.Tests.Domains.Rules;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Tests.Domains;

public sealed class LabelAndPoolTests : RulesFixture
{
    private static PoolConfiguration Configuration(string name) => new(name, "file", new Dictionary<string, string> { ["dir_path"] = "/p" });

    [Fact]
    public Task Labels_are_numbered_from_nine_and_kept() => Kernel.OnLoop(() =>
    {
        Assert.Equal(new Label(9, "teal", "0x008080"), Qubes.AddLabel("teal", "0x008080"));
        Assert.Equal(10, Qubes.AddLabel("navy", "0x000080").Index);
        Assert.Equal("teal", Qubes.FindLabel("9").Name);
    });

    [Theory]
    [InlineData("", "0x000000", "QubesInvalidLabelError")]
    [InlineData("12", "0x000000", "QubesInvalidLabelError")]
    [InlineData("a b", "0x000000", "QubesInvalidLabelError")]
    [InlineData("teal", "blue", "QubesInvalidLabelValueError")]
    [InlineData("teal", "0x00000g", "QubesInvalidLabelValueError")]
    [InlineData("teal", "0x0000000", "QubesInvalidLabelValueError")]
    [InlineData("red", "0x000000", "QubesLabelInUseError")]
    public Task Bad_labels_are_refused(string name, string color, string error) => Kernel.OnLoop(() =>
    {
        Assert.Equal(error, Assert.ThrowsAny<QubesException>(() => Qubes.AddLabel(name, color)).WireName);
        Assert.Equal(8, Qubes.Labels.Count);
    });

    [Fact]
    public Task A_label_goes_when_nobody_wears_it() => Kernel.OnLoop(() =>
    {
        var teal = Qubes.AddLabel("teal", "0x008080");
        Write("work", "label", "teal");
        Assert.Throws<LabelInUseException>(() => Qubes.RemoveLabel(teal));

        Write("work", "label", "red");
        Qubes.RemoveLabel(teal);
        Assert.Throws<LabelNotFoundException>(() => Qubes.FindLabel("teal"));
        Assert.Throws<ProtocolException>(() => Qubes.RemoveLabel(Qubes.FindLabel("black")));
    });

    [Fact]
    public Task A_pool_is_added_used_and_removed() => Kernel.OnLoop(async () =>
    {
        var pool = await Qubes.AddPoolAsync(Configuration("fast"), default);
        await Assert.ThrowsAsync<PoolInUseException>(() => Qubes.AddPoolAsync(Configuration("fast"), default));
        var qube = await Qubes.CreateAsync(new(QubeClass.AppVM, "new", "red") { Pool = "fast" }, default);
        Assert.Equal(["varlibqubes", "fast", "fast", "linux-kernel"], qube.Volumes.Select(v => v.Pool.Configuration.Name));
        await Assert.ThrowsAsync<PoolInUseException>(() => Qubes.RemovePoolAsync(pool, default));

        await Qubes.RemoveAsync(qube, default);
        Qubes.System.Write("default_pool_root", "fast");
        await Assert.ThrowsAsync<PoolInUseException>(() => Qubes.RemovePoolAsync(pool, default));

        Qubes.System.Reset("default_pool_root");
        await Qubes.RemovePoolAsync(pool, default);
        Assert.DoesNotContain(pool, Qubes.Pools);
        Assert.Contains("/pool-add", Kernel.Events);
        Assert.Contains("/pool-delete", Kernel.Events);
    });

    [Fact]
    public Task A_pool_of_an_unknown_driver_is_refused_and_not_kept() => Kernel.OnLoop(async () =>
    {
        await Assert.ThrowsAsync<StorageException>(() => Qubes.AddPoolAsync(
            new PoolConfiguration("odd", "punch-cards", new Dictionary<string, string>()), default));
        Assert.DoesNotContain(Qubes.Pools, p => p.Configuration.Name == "odd");
    });

    [Fact]
    public async Task Pools_labels_notes_and_rules_are_there_after_a_restart()
    {
        await Kernel.OnLoop(async () =>
        {
            var pool = await Qubes.AddPoolAsync(Configuration("fast"), default);
            Qubes.SetPoolOption(pool, "revisions_to_keep", "3");
            Write("work", "label", Qubes.AddLabel("teal", "0x008080").Name);
            Work.Notes = "line 1\nline 2";
            Work.Firewall = [FirewallRule.Parse("action=drop comment=no")];
        });
        await RestartAsync();
        await Kernel.OnLoop(() =>
        {
            Assert.Equal(3, Qubes.Pools.Single(p => p.Configuration.Name == "fast").Configuration.RevisionsToKeep);
            Assert.Equal("teal", Work.Properties.Read("label").Text);
            Assert.Equal("line 1\nline 2", Work.Notes);
            Assert.Equal(["action=drop comment=no"], Work.Firewall.Select(r => r.ToString()));
        });
    }

    [Fact]
    public Task Notes_are_bounded_and_plain() => Kernel.OnLoop(() =>
    {
        Assert.Throws<ProtocolException>(() => Work.Notes = new string('x', 256_001));
        Assert.Throws<ProtocolException>(() => Work.Notes = "\e[31m");
        Work.Notes = new string('x', 256_000);
    });
}
