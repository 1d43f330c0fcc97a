using Qubes.Kernel.Tests.Domains.Model;

namespace Qubes.Kernel.Tests.Interchange;

/// <summary>Whole systems, as Qubes OS 4.2 and 4.3 write them.</summary>
public sealed class SampleTests : IAsyncLifetime
{
    private readonly ImportBench bench = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await bench.DisposeAsync();

    [Fact]
    public void Everything_of_a_4_2_system_that_cannot_be_held_is_named()
    {
        Assert.Equal(
            [
                "'sys-net': device pci:dom0:00_1f.6 is not assigned: machines are given no devices here",
                "'sys-net': device pci:dom0:00_14.3 is not assigned: machines are given no devices here",
                "'sys-usb': device pci:dom0:00_14.0 is not assigned: machines are given no devices here",
                "label 'gray': the colour 0x555753 is not taken over: built-in labels keep theirs, here 0x555555",
                "the system: property 'default_fw_netvm' is not known here and left out: ''",
                "the system: Property 'default_kernel' takes the name of a kernel in /nowhere/root/var/lib/qubes/vm-kernels, and '6.6.48-1.fc37' is none; the value is kept",
                "firewall rules and notes are not part of such a file: every qube starts without notes and with a firewall that accepts all",
            ],
            bench.Import(Sample.Of42).Warnings);
    }

    [Fact]
    public async Task The_4_2_system_is_kept_with_its_names_numbers_pools_and_explicit_nones()
    {
        bench.Import(Sample.Of42);
        var state = await bench.ReopenAsync();
        foreach (var line in new[]
        {
            "StoredQube { Qid = 5, Uuid = 00000005-1c8f-4f3e-9b5a-abc000000005, Name = work, Class = AppVM }",
            "  property netvm = none", "  property kernel = ''", "  property backup_timestamp = '1719828000'", "  property dispid = '4711'",
            "  property label = 'banking'", "  feature service.meminfo-writer = ''", "  tag audiovm-dom0",
            "pool vm-pool lvm_thin volume_group=qubes_dom0,thin_pool=vm-pool,revisions_to_keep=2,ephemeral_volatile=False",
            "StoredLabel { Index = 9, Name = banking, Color = 0xff7fed }",
            "  StoredVolume { Qid = 5, Name = root, Position = 0, Pool = vm-pool, Vid = qubes_dom0/vm-work-root, Size = 10737418240, Writable = True, "
                + "SnapOnStart = True, SaveOnStop = False, SourceQid = 1, SourceVolume = root, RevisionsToKeep = 0, Ephemeral =  }",
        })
            Assert.Contains(line, state);
    }

    [Fact]
    public void Everything_of_a_4_3_system_that_cannot_be_held_is_named()
    {
        Assert.Equal(
            [
                "'sys-net': device pci:dom0:00_1f.6 is not assigned: machines are given no devices here",
                "'work': device block:work:sda is not assigned: machines are given no devices here",
                "'untrusted': property 'gpu_mode' is not known here and left out: 'virtio'",
                "the system: property 'future_setting' is not known here and left out: 'maybe'",
                "the system: Property 'default_kernel' takes the name of a kernel in /nowhere/root/var/lib/qubes/vm-kernels, and '6.12.30-1.fc41' is none; the value is kept",
                "firewall rules and notes are not part of such a file: every qube starts without notes and with a firewall that accepts all",
                "'disp1234': it does not run and has auto_cleanup, so the daemon removes it when it starts",
            ],
            bench.Import(Sample.Of43).Warnings);
    }

    [Theory]
    [InlineData("4.2")]
    [InlineData("4.3")]
    public async Task An_export_of_it_imports_as_the_same_without_a_word_about_what_was_lost(string version)
    {
        bench.Import(version == "4.2" ? Sample.Of42 : Sample.Of43);
        var (state, file) = (await bench.ReopenAsync(), bench.Export());
        await using var other = new ImportBench();

        var warnings = other.Import(file).Warnings;

        Assert.Equal(state, await other.ReopenAsync());
        Assert.Equal(file, other.Export());
        Assert.DoesNotContain(warnings, w => w.Contains("left out", StringComparison.Ordinal) || w.Contains("firewall", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("4.2")]
    [InlineData("4.3")]
    public void A_daemon_can_load_it_and_every_property_can_be_read(string version)
    {
        var qubes = bench.Loaded(bench.Import(version == "4.2" ? Sample.Of42 : Sample.Of43).State);
        Assert.NotEmpty(DomainText.Whole(qubes));
    }

    [Fact]
    public void An_export_has_the_form_of_the_originals()
    {
        bench.Import(Sample.Of42);
        var lines = bench.Export().Split('\n').Select(l => l.Trim()).ToHashSet();
        foreach (var line in new[]
        {
            "<label id=\"label-9\" color=\"0xff7fed\">banking</label>",
            "<pool name=\"varlibqubes\" driver=\"file\" dir_path=\"/var/lib/qubes\" revisions_to_keep=\"1\" />",
            "<domain id=\"domain-11\" class=\"DispVM\">",
            "<property name=\"label\" ref=\"label-9\" />",
            "<property name=\"netvm\" />",
            "<property name=\"debug\">True</property>",
            "<feature name=\"service.meminfo-writer\" />",
            "<tag name=\"created-by-dom0\" />",
        })
            Assert.Contains(line, lines);
        Assert.DoesNotContain(lines, l => l.Contains("\"true\"", StringComparison.Ordinal));
    }
}
