using NSubstitute;
using Qubes.Machine.Launcher;
using Qubes.Plugins.Qemu.Accelerators;
using Qubes.Plugins.Qemu.Arguments;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Qemu.Tests.Arguments;

public sealed class MachinePlanTests
{
    private static readonly MachineFiles Place = new("/run", "work");
    private static readonly PreparedVolume Disk = new(
        Substitute.For<IFreezingPool>(), "key", "root", "1", 512, [new DiskLayer("/top", "qcow2"), new DiskLayer("/base", "raw")]);

    private readonly MachinePlan plan = new()
    {
        Name = "work",
        Uuid = Guid.NewGuid(),
        Accelerator = Accelerator.Tcg,
        MemoryMiB = 128,
        Vcpus = 1,
        Kernel = "/kernel",
        Initramfs = "/initramfs",
        CommandLine = "quiet",
        Volumes = [],
    };

    [Fact]
    public void A_machine_that_is_not_frozen_has_memory_of_QEMUs_own() =>
        Assert.DoesNotContain(Describe(plan).Arguments, argument => argument.Contains("memory-backend", StringComparison.Ordinal));

    [Fact]
    public void Frozen_machine_and_copy_differ_only_in_whose_memory_it_is_and_in_where_they_begin()
    {
        var frozen = plan with { IsFreezable = true, Memory = new MachineMemory("/proc/1/fd/5", IsShared: true) };
        var copy = frozen with
        {
            Initramfs = null,
            Memory = new MachineMemory("/proc/1/fd/6", IsShared: false),
            Origin = new CopyOrigin("/proc/1/fd/7", []),
        };
        Assert.Equal(frozen.Fingerprint(), copy.Fingerprint());
        var expected = Describe(frozen).Arguments.ToList();
        expected.RemoveRange(expected.IndexOf("-initrd"), 2);
        expected.InsertRange(expected.IndexOf("-append") + 2, ["-incoming", "defer"]);
        var memory = expected.FindIndex(argument => argument.StartsWith("memory-backend-file,", StringComparison.Ordinal));
        expected[memory] = expected[memory].Replace("share=on", "share=off", StringComparison.Ordinal);
        Assert.Equal(expected, Describe(copy).Arguments);
    }

    [Fact]
    public void Only_a_machine_that_writes_to_its_file_of_memory_gets_it_for_writing()
    {
        foreach (var isShared in (bool[])[true, false])
        {
            var files = Describe(plan with { IsFreezable = true, Memory = new MachineMemory("/m", isShared) }).Files;
            Assert.Equal(isShared, files.Single(file => file.Descriptor == Descriptors.Memory).IsWritable);
        }
    }

    [Fact]
    public void A_copy_writes_to_fresh_layers_and_reads_its_state()
    {
        var files = Describe(plan with { Initramfs = null, Origin = new CopyOrigin("/state", [Disk]) }).Files;
        Assert.Contains(new LaunchFile("/state", Descriptors.State, IsWritable: false), files);
        Assert.Equal([("/base", false), ("/top", true)], files.TakeLast(2).Select(file => (file.Path, file.IsWritable)));
        Assert.Equal(files.Count, files.Select(file => file.Descriptor).Distinct().Count());
    }

    [Fact]
    public void A_machine_that_may_have_more_later_is_built_for_that_and_its_freed_pages_are_the_hosts()
    {
        var arguments = Describe(plan with { MostMemoryMiB = 512 }).Arguments.ToList();
        Assert.Equal("512M", arguments[arguments.IndexOf("-m") + 1]);
        Assert.Contains("virtio-balloon-device,id=balloon,deflate-on-oom=off,free-page-reporting=on", arguments);
        arguments = [.. Describe(plan).Arguments];
        Assert.Equal("128M", arguments[arguments.IndexOf("-m") + 1]);
        Assert.Contains("virtio-balloon-device,id=balloon,deflate-on-oom=on,free-page-reporting=on", arguments);
    }

    [Fact]
    public void A_machine_that_can_be_frozen_reports_no_pages() =>
        Assert.Contains("virtio-balloon-device,id=balloon,deflate-on-oom=on", (plan with { IsFreezable = true }).Fingerprint());

    private static LaunchDescription Describe(MachinePlan plan) => plan.Describe("/qemu", Place, identity: null);
}
