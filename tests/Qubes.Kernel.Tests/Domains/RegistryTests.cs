using Qubes.Kernel.Domains;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Tests.Domains;

public sealed class RegistryTests : IAsyncLifetime
{
    private TestKernel kernel = null!;

    public async Task InitializeAsync()
    {
        kernel = await TestKernel.StartAsync();
        await kernel.PopulateAsync();
    }

    public async Task DisposeAsync() => await kernel.DisposeAsync();

    [Fact]
    public async Task Creation_announces_the_qube_tags_it_and_makes_its_volumes()
    {
        await kernel.OnLoop(() => kernel.Qubes.CreateAsync(new(QubeClass.AppVM, "new", "green"), default));

        Assert.Equal(["/domain-add", "new/domain-tag-add:created-by-dom0", "new/domain-create-on-disk"],
            kernel.Events.SkipWhile(e => e != "/domain-add"));
        Assert.Contains("appvms/new/private", kernel.World.Pools.Pools["varlibqubes"].Existing);
    }

    [Fact]
    public async Task Volumes_follow_the_class()
    {
        var disposable = await kernel.AcquireAsync();

        Assert.Equal(["root", "private", "volatile", "kernel"], disposable.Volumes.Select(v => v.Name));
        Assert.Equal("tmpl:root", disposable.Volumes[0].Source!.ToString());
        Assert.Equal("dvm:private", disposable.Volumes[1].Source!.ToString());
        Assert.Equal(12L << 30, disposable.Volumes[2].Size);
        Assert.DoesNotContain(disposable.Volumes, v => v.SaveOnStop);
    }

    [Theory]
    [InlineData(QubeClass.AppVM, "work", "red", typeof(QubeExistsException))]
    [InlineData(QubeClass.AppVM, "dom0", "red", typeof(QubeExistsException))]
    [InlineData(QubeClass.AppVM, "new", "mauve", typeof(LabelNotFoundException))]
    [InlineData(QubeClass.AppVM, "-x", "red", typeof(InvalidValueException))]
    [InlineData(QubeClass.DispVM, "new", "red", typeof(InvalidValueException))]
    [InlineData(QubeClass.AdminVM, "new", "red", typeof(InvalidValueException))]
    public async Task A_refused_creation_leaves_nothing(QubeClass @class, string name, string label, Type refusal)
    {
        var before = kernel.Qubes.Count;

        var thrown = await Record.ExceptionAsync(
            () => kernel.OnLoop(() => kernel.Qubes.CreateAsync(new(@class, name, label), default)));

        Assert.IsType(refusal, thrown);
        Assert.Equal(before, kernel.Qubes.Count);
        Assert.Empty(kernel.Events);
    }

    [Fact]
    public async Task A_creation_whose_volumes_fail_is_undone()
    {
        await kernel.OnLoop(() => kernel.Bus.SubscribeAsync<QubeCreatedOnDisk>((_, _) => Task.CompletedTask));
        await kernel.World.Pools.Pools["varlibqubes"].CreateAsync(
            await kernel.OnLoop(() => new Sdk.Storage.Volume
            {
                Name = "private",
                Owner = kernel.Qubes.AdminVm,
                Pool = kernel.Qubes.Pools[0],
                Vid = "appvms/clash/private",
                Size = 1,
                SaveOnStop = true,
            }), default);

        await Assert.ThrowsAsync<StorageException>(
            () => kernel.OnLoop(() => kernel.Qubes.CreateAsync(new(QubeClass.AppVM, "clash", "red"), default)));

        Assert.False(await kernel.OnLoop(() => kernel.Qubes.TryFind("clash", out _)));
    }

    [Theory]
    [InlineData("tmpl", "default_template")]
    [InlineData("dvm", "default_dispvm")]
    public async Task What_is_named_elsewhere_cannot_be_removed(string name, string because)
    {
        await kernel.OnLoop(() => kernel.Qubes.System.Write("default_dispvm", "dvm"));

        var refusal = await Assert.ThrowsAsync<QubeInUseException>(
            () => kernel.OnLoop(() => kernel.Qubes.RemoveAsync(kernel.Qubes.Find(name), default)));

        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_qube_cannot_be_removed()
    {
        var work = await kernel.OnLoop(() => kernel.Qubes.Find("work"));
        await kernel.OnLoop(() => work.StartAsync(default));

        await Assert.ThrowsAsync<QubeNotHaltedException>(() => kernel.OnLoop(() => kernel.Qubes.RemoveAsync(work, default)));
    }

    [Fact]
    public async Task A_removed_qube_is_gone_from_disk_and_from_the_state()
    {
        await kernel.OnLoop(() => kernel.Qubes.RemoveAsync(kernel.Qubes.Find("work"), default));
        Assert.DoesNotContain("appvms/work/private", kernel.World.Pools.Pools["varlibqubes"].Existing);

        kernel = await kernel.RestartAsync();

        Assert.Throws<QubeNotFoundException>(() => kernel.Qubes.Find("work"));
    }

    [Fact]
    public async Task A_start_that_waits_for_a_removal_finds_the_qube_gone()
    {
        var work = await kernel.OnLoop(() => kernel.Qubes.Find("work"));

        await kernel.OnLoop(async () =>
        {
            var removal = kernel.Qubes.RemoveAsync(work, default);
            await Assert.ThrowsAsync<QubeNotFoundException>(() => work.StartAsync(default));
            await removal;
        });
    }

    [Theory]
    [InlineData("uuid:zzz")]
    [InlineData("uuid:")]
    [InlineData("uuid:D07E08D8-D1FE-4F3B-926D-C92A8D8E0444")]
    public Task A_malformed_uuid_is_not_an_unknown_one(string text) => kernel.OnLoop(() =>
        Assert.Throws<InvalidUuidException>(() => { kernel.Qubes.Find(text); }));

    [Fact]
    public Task A_qube_is_found_by_its_uuid() => kernel.OnLoop(() =>
    {
        var work = kernel.Qubes.Find("work");

        Assert.Same(work, kernel.Qubes.Find("uuid:" + work.Uuid));
        Assert.Same(kernel.Qubes.AdminVm, kernel.Qubes.Find("uuid:" + Guid.Empty));
    });

    [Fact]
    public Task Numbers_are_the_lowest_that_are_free() => kernel.OnLoop(async () =>
    {
        var removed = kernel.Qubes.Find("work");
        await kernel.Qubes.RemoveAsync(removed, default);

        var next = await kernel.Qubes.CreateAsync(new(QubeClass.AppVM, "next", "red"), default);

        Assert.Equal(removed.Qid, next.Qid);
    });
}
