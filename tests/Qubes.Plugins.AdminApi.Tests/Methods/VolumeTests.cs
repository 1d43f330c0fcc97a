using NSubstitute;
using Qubes.Plugins.AdminApi.Tests.Kernel;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Tests.Methods;

public sealed class VolumeTests
{
    [Fact]
    public async Task A_volume_is_described_in_the_specified_order()
    {
        await using TestDaemon daemon = await StartAsync();
        Assert.Equal("0\0root\nprivate\n", await daemon.CallAsync("admin.vm.volume.List+", "work"));
        Assert.Equal(
            "0\0pool=varlibqubes\nvid=appvms/work/root\nsize=1073741824\nusage=4096\nrw=True\nsource=vm-templates/t/root\n"
            + "path=/var/lib/qubes/appvms/work/root.img\nsave_on_stop=False\nsnap_on_start=True\nrevisions_to_keep=1\n"
            + "ephemeral=False\nis_outdated=True\n",
            await daemon.CallAsync("admin.vm.volume.Info+root", "work"));
        Assert.Equal("0\0old-1\nold-2\n", await daemon.CallAsync("admin.vm.volume.ListSnapshots+private", "work"));
    }

    [Fact]
    public async Task A_volume_is_changed_by_the_kernel()
    {
        await using TestDaemon daemon = await StartAsync();
        Volume volume = daemon.Work.Volumes[1];
        IVolumes kernel = daemon.Volumes;
        Assert.Equal("0\0", await CallAsync(daemon, "Resize+private", " 123\n"));
        await kernel.Received().ResizeAsync(volume, 123, Arg.Any<CancellationToken>());
        Assert.Equal("0\0", await CallAsync(daemon, "Revert+private", "old-1:x_y.z"));
        await kernel.Received().RevertAsync(volume, "old-1:x_y.z", Arg.Any<CancellationToken>());
        Assert.Equal("0\0", await CallAsync(daemon, "Clear+private", ""));
        await kernel.Received().ClearAsync(volume, Arg.Any<CancellationToken>());
        Assert.Equal("0\0", await CallAsync(daemon, "Set.revisions_to_keep+private", "-1"));
        await kernel.Received().SetRevisionsToKeepAsync(volume, -1, Arg.Any<CancellationToken>());
        Assert.Equal("0\0", await CallAsync(daemon, "Set.rw+private", "False"));
        kernel.Received().SetWritable(volume, false);
        Assert.Equal("0\0", await CallAsync(daemon, "Set.ephemeral+private", "on"));
        kernel.Received().SetEphemeral(volume, true);
    }

    [Theory]
    [InlineData("Info+nosuch", "", "PermissionDenied")]
    [InlineData("ListSnapshots+nosuch", "", "PermissionDenied")]
    [InlineData("Resize+nosuch", "1", "PermissionDenied")]
    [InlineData("Clear+nosuch", "", "PermissionDenied")]
    [InlineData("Set.rw+nosuch", "1", "PermissionDenied")]
    [InlineData("CloneFrom+nosuch", "", "PermissionDenied")]
    [InlineData("Resize+private", "", "ProtocolError")]
    [InlineData("Resize+private", "-1", "ProtocolError")]
    [InlineData("Resize+private", "010", "ProtocolError")]
    [InlineData("Resize+private", "1e3", "ProtocolError")]
    [InlineData("Resize+private", "9999999999999999999", "ProtocolError")]
    [InlineData("Resize+private", "10000000000000000000", "ProtocolError")]
    [InlineData("Revert+private", "a/b", "ProtocolError")]
    [InlineData("Revert+private", "\u00e9", "ProtocolError")]
    [InlineData("Set.revisions_to_keep+private", " 1", "ProtocolError")]
    [InlineData("Set.revisions_to_keep+private", "99999999999", "ProtocolError")]
    [InlineData("Set.rw+private", "2", "ProtocolError")]
    [InlineData("CloneTo+private", "abc", "QubesVolumeCopyTokenNotFoundError")]
    [InlineData("CloneTo+private", "", "ProtocolError")]
    public async Task A_call_that_does_not_fit_is_refused(string call, string payload, string wireClass)
    {
        await using TestDaemon daemon = await StartAsync();
        Assert.StartsWith($"2\0{wireClass}\0\0", await CallAsync(daemon, call, payload), StringComparison.Ordinal);
        Assert.Empty(daemon.Volumes.ReceivedCalls());
    }

    [Fact]
    public async Task A_copy_token_is_thirty_two_characters_and_works_once()
    {
        await using TestDaemon daemon = await StartAsync();
        string token = (await CallAsync(daemon, "CloneFrom+private", ""))[2..];
        Assert.Matches("^[A-Za-z0-9]{32}$", token);
        Assert.Equal("0\0", await CallAsync(daemon, "CloneTo+root", token));
        await daemon.Volumes.Received().CloneAsync(daemon.Work.Volumes[0], daemon.Work.Volumes[1], Arg.Any<CancellationToken>());
        Assert.StartsWith(
            "2\0QubesVolumeCopyTokenNotFoundError\0", await CallAsync(daemon, "CloneTo+root", token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_token_is_used_up_by_a_copy_that_fails()
    {
        await using TestDaemon daemon = await StartAsync();
        daemon.Volumes.CloneAsync(default!, default!, default).ReturnsForAnyArgs(Task.FromException(new StorageException("full")));
        string token = (await CallAsync(daemon, "CloneFrom+private", ""))[2..];
        Assert.StartsWith("2\0StoragePoolException\0", await CallAsync(daemon, "CloneTo+root", token), StringComparison.Ordinal);
        Assert.StartsWith(
            "2\0QubesVolumeCopyTokenNotFoundError\0", await CallAsync(daemon, "CloneTo+root", token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_token_of_a_volume_that_is_no_more_is_refused()
    {
        await using TestDaemon daemon = await StartAsync();
        string token = (await CallAsync(daemon, "CloneFrom+private", ""))[2..];
        await daemon.OnLoopAsync(() => daemon.Work.Volumes.RemoveAt(1));
        Assert.StartsWith("2\0StoragePoolException\0", await CallAsync(daemon, "CloneTo+root", token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_volume_without_snapshots_cannot_be_copied_while_it_is_in_use()
    {
        await using TestDaemon daemon = await StartAsync();
        daemon.Work.Volumes[1].OwnRevisionsToKeep = -1;
        daemon.Work.PowerState = PowerState.Running;
        Assert.StartsWith(
            "2\0QubesVolumeCopyInUseError\0", await CallAsync(daemon, "CloneFrom+private", ""), StringComparison.Ordinal);
    }

    private static Task<string> CallAsync(TestDaemon daemon, string call, string payload) =>
        daemon.CallAsync("admin.vm.volume." + call, "work", payload);

    private static Task<TestDaemon> StartAsync() => TestDaemon.StartAsync(d => TestVolumes.Add(d.Work));
}
