using Qubes.Kernel.Store;

namespace Qubes.Kernel.Tests.Store;

public sealed class StateStoreTests : IDisposable
{
    private static readonly StoredQube Work = new(7, Guid.Parse("0d2f5a3e-6f0b-4d3c-9a51-0c9a8f0e1b2d"), "work", "AppVM");

    private readonly StateDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_new_store_is_empty()
    {
        Assert.Empty(StateText.Of(await directory.ReloadAsync()));
        Assert.Empty(StateText.Of(await directory.ReloadAsync()));
    }

    [Fact]
    public async Task What_was_committed_is_read_again()
    {
        var written = await WriteAsync(state =>
        {
            state.PutQube(Work);
            state.PutProperty(7, "memory", "400");
            state.PutFeature(7, "service.x", "");
            state.PutFeature(7, "ünïcode ☂ 𝄞", "line\nbreak\t'quote\"");
            state.PutTag(7, "created-by-dom0");
            state.PutVolume(new(7, "root", 0, "pool", "appvms/work/root", 10L << 40, true, true, false, 3, "root", 1, null));
            state.PutVolume(new(7, "volatile", 2, "pool", "appvms/work/volatile", 1, false, false, true, null, null, -1, null));
            state.PutVolume(new(7, "private", 1, "pool", "appvms/work/private", 0, true, false, true, null, null, 2, null));
            state.PutSystemProperty("default_kernel", "6.1");
            state.PutPool(new("pool", "file", new Dictionary<string, string> { ["z"] = "1", ["a"] = "" }));
            state.PutLabel(new(9, "pink", "0xff00ff"));
            state.PutSetting("last-machine", "12");
        });
        Assert.Equal(written, StateText.Of(await directory.ReloadAsync()));
        Assert.Equal(12, written.Count);
    }

    [Fact]
    public async Task An_explicit_none_differs_from_an_absent_value()
    {
        await WriteAsync(state =>
        {
            state.PutQube(Work);
            state.PutProperty(7, "netvm", null);
            state.PutProperty(7, "gone", "x");
            state.DeleteProperty(7, "gone");
            state.PutSystemProperty("clockvm", null);
            state.PutSystemProperty("gone", null);
            state.DeleteSystemProperty("gone");
        });
        var read = await directory.ReloadAsync();
        Assert.Equal([new StoredProperty("netvm", null)], read.Properties[7]);
        Assert.Equal([KeyValuePair.Create("clockvm", (string?)null)], read.SystemProperties);
    }

    [Fact]
    public async Task Features_keep_the_order_they_were_first_set_in()
    {
        await WriteAsync(state =>
        {
            state.PutQube(Work);
            foreach (var name in new[] { "c", "a", "d", "b" })
                state.PutFeature(7, name, "1");
        });
        await WriteAsync(state =>
        {
            state.PutFeature(7, "a", "changed");
            state.DeleteFeature(7, "c");
            state.PutFeature(7, "c", "last");
            state.PutFeature(7, "d", "2");
        });
        var read = await directory.ReloadAsync();
        Assert.Equal(["a=changed", "d=2", "b=1", "c=last"], read.Features[7].Select(f => $"{f.Name}={f.Value}"));
    }

    [Fact]
    public async Task Deleting_a_qube_deletes_all_that_belongs_to_it_and_its_number_can_be_used_again()
    {
        await WriteAsync(state =>
        {
            state.PutQube(Work);
            state.PutProperty(7, "memory", "400");
            state.PutFeature(7, "f", "1");
            state.PutTag(7, "t");
            state.PutVolume(new(7, "root", 0, "pool", "vid", 1, true, false, true, null, null, 1, true));
        });
        await WriteAsync(state =>
        {
            state.DeleteQube(7);
            state.PutQube(Work with { Name = "other" });
            state.PutTag(7, "new");
        });
        Assert.Equal([(Work with { Name = "other" }).ToString(), "  tag new"], StateText.Of(await directory.ReloadAsync()));
        foreach (var table in new[] { "property", "feature", "volume" })
            Assert.Equal(0L, directory.Sql($"SELECT count(*) FROM {table}"));
    }

    [Fact]
    public async Task Changing_a_qubes_row_keeps_what_belongs_to_it()
    {
        await WriteAsync(state =>
        {
            state.PutQube(Work);
            state.PutTag(7, "t");
            state.PutQube(Work with { Class = "StandaloneVM" });
        });
        Assert.Equal([(Work with { Class = "StandaloneVM" }).ToString(), "  tag t"], StateText.Of(await directory.ReloadAsync()));
    }

    [Fact]
    public async Task Putting_a_pool_again_replaces_its_options_and_keeps_its_place()
    {
        await WriteAsync(state =>
        {
            state.PutPool(new("one", "file", new Dictionary<string, string> { ["dir"] = "/a", ["old"] = "1" }));
            state.PutPool(new("two", "file", new Dictionary<string, string>()));
            state.PutPool(new("one", "reflink", new Dictionary<string, string> { ["new"] = "2", ["dir"] = "/b" }));
            state.PutPool(new("three", "file", new Dictionary<string, string> { ["dir"] = "/c" }));
            state.DeletePool("three");
        });
        Assert.Equal(["pool one reflink new=2,dir=/b", "pool two file "], StateText.Of(await directory.ReloadAsync()));
        Assert.Equal(2L, directory.Sql("SELECT count(*) FROM pool_option"));
    }

    [Fact]
    public async Task Deleting_what_is_not_there_is_allowed()
    {
        await WriteAsync(state =>
        {
            state.DeleteQube(1);
            state.DeleteProperty(1, "x");
            state.DeleteFeature(1, "x");
            state.DeleteTag(1, "x");
            state.DeleteVolume(1, "x");
            state.DeleteSystemProperty("x");
            state.DeletePool("x");
            state.DeleteLabel(1);
        });
        Assert.Empty(StateText.Of(await directory.ReloadAsync()));
    }

    [Fact]
    public async Task What_belongs_to_no_qube_is_refused_where_it_is_written()
    {
        await using var store = directory.Open();
        Assert.Throws<InvalidOperationException>(() => store.PutProperty(1, "x", "y"));
        store.PutQube(Work);
        store.PutTag(7, "fine");
        store.DeleteQube(7);
        Assert.Throws<InvalidOperationException>(() => store.PutTag(7, "late"));
        store.Commit();
    }

    [Fact]
    public async Task Qubes_of_an_earlier_process_are_known()
    {
        await WriteAsync(state => state.PutQube(Work));
        await WriteAsync(state => state.PutTag(7, "t"));
        Assert.Equal(["t"], (await directory.ReloadAsync()).Tags[7]);
    }

    [Fact]
    public async Task Text_that_would_be_cut_short_is_refused_where_it_is_written()
    {
        await using var store = directory.Open();
        Assert.Throws<ArgumentException>(() => store.PutSetting("key", "a\0b"));
        Assert.Equal(0, store.Changes);
    }

    [Fact]
    public async Task Nothing_is_stored_before_the_commit()
    {
        await using (var store = directory.Open())
        {
            store.PutSetting("committed", "1");
            store.Commit();
            store.PutSetting("not", "1");
            Assert.Equal(2, store.Changes);
        }
        Assert.Equal(["setting committed = '1'"], StateText.Of(await directory.ReloadAsync()));
    }

    private async Task<IReadOnlyList<string>> WriteAsync(Action<IStateWriter> write)
    {
        await using var store = directory.Open();
        write(store);
        store.Commit();
        return StateText.Of(store.Load());
    }
}
