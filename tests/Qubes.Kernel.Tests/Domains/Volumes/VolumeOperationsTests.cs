using Qubes.Kernel.Tests.Domains.Rules;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Tests.Domains.Volumes;

public sealed class VolumeOperationsTests : RulesFixture
{
    private IVolumes Operations => Kernel.Volumes;

    private Volume Private => Work.Volumes.Single(v => v.Name == "private");

    [Fact]
    public Task A_resize_is_kept_and_a_roots_snapshots_follow() => Kernel.OnLoop(async () =>
    {
        var root = Of("tmpl").Volumes[0];
        await Operations.ResizeAsync(root, 20L << 30, default);

        Assert.Equal((20L << 30, 20L << 30), (root.Size, Work.Volumes[0].Size));
    });

    [Fact]
    public Task Snapshots_are_switched_off_only_at_rest() => Kernel.OnLoop(async () =>
    {
        await Work.StartAsync(default);
        await Assert.ThrowsAsync<QubeNotHaltedException>(() => Operations.SetRevisionsToKeepAsync(Private, -1, default));
        await Operations.SetRevisionsToKeepAsync(Private, 3, default);
        await Assert.ThrowsAsync<InvalidValueException>(() => Operations.SetRevisionsToKeepAsync(Private, -2, default));
        await Work.KillAsync(default);
        await Operations.SetRevisionsToKeepAsync(Private, -1, default);

        Assert.True(Private.HasSnapshotsOff);
    });

    [Fact]
    public Task Only_volatile_volumes_are_ephemeral() => Kernel.OnLoop(() =>
    {
        Assert.Throws<InvalidValueException>(() => Operations.SetEphemeral(Private, true));
        var scratch = Work.Volumes.Single(v => v.Name == "volatile");
        Operations.SetEphemeral(scratch, true);
        Assert.True(scratch.IsEphemeral);
        Operations.SetEphemeral(Private, false);
    });

    [Fact]
    public Task A_running_qubes_volume_keeps_its_mode_and_content() => Kernel.OnLoop(async () =>
    {
        await Work.StartAsync(default);
        Assert.Throws<QubeNotHaltedException>(() => Operations.SetWritable(Private, false));
        await Assert.ThrowsAsync<QubeNotHaltedException>(() => Operations.BeginImportAsync(Private, null, default));
        await Assert.ThrowsAsync<QubeNotHaltedException>(() => Operations.ClearAsync(Private, default));
    });

    [Fact]
    public Task An_import_takes_its_size_when_it_ends_well() => Kernel.OnLoop(async () =>
    {
        await Operations.BeginImportAsync(Private, 3L << 30, default);
        await Operations.EndImportAsync(Private, success: false, default);
        Assert.Equal(2L << 30, Private.Size);

        await Operations.BeginImportAsync(Private, 3L << 30, default);
        await Operations.EndImportAsync(Private, success: true, default);
        Assert.Equal(3L << 30, Private.Size);
        Assert.Contains("work/domain-volume-import-begin", Kernel.Events);
        Assert.Contains("work/domain-volume-import-end", Kernel.Events);
    });

    [Fact]
    public Task A_clone_takes_the_sources_size() => Kernel.OnLoop(async () =>
    {
        var source = Of("dvm").Volumes.Single(v => v.Name == "private");
        await Operations.ResizeAsync(source, 5L << 30, default);
        await Operations.CloneAsync(Private, source, default);

        Assert.Equal(5L << 30, Private.Size);
        Assert.Contains("work/domain-import-volume", Kernel.Events);
    });
}
