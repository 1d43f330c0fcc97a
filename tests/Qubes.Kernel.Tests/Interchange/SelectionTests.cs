using NSubstitute;
using Qubes.Kernel.Interchange.Export;
using Qubes.Sdk.Backups;
using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Tests.Interchange;

/// <summary>What filters leave out of an export, and what is taken in spite of them.</summary>
public sealed class SelectionTests : IAsyncLifetime
{
    private readonly ImportBench bench = new();
    private readonly IBackupFilter filter = Substitute.For<IBackupFilter>();

    public Task InitializeAsync()
    {
        Put(0, "AdminVM", "dom0");
        Put(1, "AppVM", "work");
        Put(2, "DispVM", "disp1", ("auto_cleanup", "True"));
        Put(3, "DispVM", "disp2", ("netvm", "disp3"));
        Put(4, "DispVM", "disp3");
        bench.Store.Commit();
        filter.LeavesOut(Arg.Any<BackupQube>()).Returns(call => call.Arg<BackupQube>().Class == QubeClass.DispVM);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await bench.DisposeAsync();

    [Fact]
    public void A_qube_that_a_filter_leaves_out_is_not_in_the_file() => Assert.Equal(["dom0", "work"], Taken());

    [Fact]
    public void Without_a_filter_everything_is() => Assert.Equal(5, Taken([]).Length);

    [Fact]
    public void A_filter_is_told_class_and_explicit_values()
    {
        Taken();

        filter.Received().LeavesOut(Arg.Is<BackupQube>(q =>
            q.Name == "disp1" && q.Class == QubeClass.DispVM && q.Properties.Single().Key == "auto_cleanup" && q.Properties["auto_cleanup"] == "True"));
    }

    [Fact]
    public void One_that_another_qube_or_the_system_names_is_taken_and_what_it_names_too()
    {
        bench.Store.PutProperty(1, "netvm", "disp2");
        bench.Store.Commit();
        Assert.Equal(["dom0", "work", "disp2", "disp3"], Taken());

        bench.Store.PutSystemProperty("clockvm", "disp1");
        bench.Store.Commit();
        Assert.Equal(["dom0", "work", "disp1", "disp2", "disp3"], Taken());
    }

    [Fact]
    public void A_text_that_happens_to_be_a_name_takes_nothing_along()
    {
        bench.Store.PutProperty(1, "kernelopts", "disp1");
        bench.Store.Commit();

        Assert.Equal(["dom0", "work"], Taken());
    }

    [Fact]
    public void A_feature_that_a_filter_leaves_out_is_not_in_the_file()
    {
        bench.Store.PutFeature(1, "kept", "1");
        bench.Store.PutFeature(1, "gone", "1");
        bench.Store.Commit();
        filter.LeavesOutFeature(Arg.Any<BackupQube>(), "gone").Returns(call => call.Arg<BackupQube>().Name == "work");

        var xml = bench.Export(filter);

        Assert.Contains("\"kept\"", xml, StringComparison.Ordinal);
        Assert.DoesNotContain("\"gone\"", xml, StringComparison.Ordinal);
        Assert.DoesNotContain("disp1", xml, StringComparison.Ordinal);
    }

    private string[] Taken(IReadOnlyList<IBackupFilter>? filters = null)
    {
        var state = bench.Store.Load();
        var selection = new Selection(state, filters ?? [filter]);
        return [.. state.Qubes.Where(selection.Takes).Select(q => q.Name)];
    }

    private void Put(int qid, string @class, string name, params (string Name, string Value)[] properties)
    {
        bench.Store.PutQube(new(qid, qid == 0 ? Guid.Empty : Guid.NewGuid(), name, @class));
        foreach (var property in properties)
            bench.Store.PutProperty(qid, property.Name, property.Value);
    }
}
