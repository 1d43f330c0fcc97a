using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using static Qubes.Kernel.Tests.Interchange.Sample;

namespace Qubes.Kernel.Tests.Interchange;

public sealed class ImporterTests : IAsyncLifetime
{
    private readonly ImportBench bench = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await bench.DisposeAsync();

    public static TheoryData<string, string> Refusals => new()
    {
        { Domain("FutureVM", 2, "x"), "'x' is of class 'FutureVM'; known: AdminVM, " },
        { Domain("0", 2, "x"), "of class '0'" },
        { Domain("4711", 2, "x"), "of class '4711'" },
        { Domain("AppVM", 2, "9x"), "'9x' is malformed" },
        { Domain("AppVM", 2, "dom0"), "a AppVM is called 'dom0'" },
        { "<domain id=\"domain-2\" class=\"AppVM\"/>", "the domain 'domain-2' has no name" },
        { Domain("AppVM", 0, "x"), "needs a 'qid' from 1 to 9999, and has '0'" },
        { Domain("AppVM", 10000, "x"), "needs a 'qid'" },
        { Domain("AppVM", 1, "x"), "'tmpl' and 'x' have the qid 1 both" },
        { Domain("AppVM", 2, "tmpl"), "have the name tmpl both" },
        { Domain("TemplateVM", 2, "x", Property("uuid", "no")), "has the uuid 'no'" },
        { Domain("DispVM", 2, "x"), "needs a 'dispid' from 0 to 9999" },
        { Domain("TemplateVM", 2, "x", more: "<features><feature name=\"a&#10;b\"/></features>"), "has a feature 'a\nb'" },
        { Domain("TemplateVM", 2, "x", more: "<features><feature name=\"\"/></features>"), "has a feature ''" },
        { Domain("TemplateVM", 2, "x", more: "<tags><tag name=\"a b\"/></tags>"), "has a tag 'a b'" },
        { Domain("TemplateVM", 2, "x", Property("memory", "lots")), "'x': Invalid value for property 'memory'" },
        { Domain("TemplateVM", 2, "x", Property("memory", "0")), "'x': Property 'memory' must be greater than 0" },
        { Domain("TemplateVM", 2, "x", Property("memory", "")), "'x': Property 'memory' needs a value" },
        { Domain("TemplateVM", 2, "x", Property("debug", "")), "'x': Invalid value for property 'debug'" },
        { Domain("TemplateVM", 2, "x", Property("netvm", "gone")), "'x': Property 'netvm' names a qube that does not exist: 'gone'" },
        { Domain("TemplateVM", 2, "x", Property("netvm", "tmpl")), "'x': The netvm of 'x' must have provides_network set" },
        { Domain("TemplateVM", 2, "x", Property("kernel", "../x")), "volume 'kernel' of 'x': its vid is '../x'" },
        { Domain("TemplateVM", 2, "x", Property("kernel", "../x"), "<volume-config><volume name=\"kernel\" vid=\"1\"/></volume-config>"),
            "'x': Property 'kernel' takes a directory name without '/'" },
        { Domain("TemplateVM", 2, "x", Property("kernelopts", "ä")), "only printable ASCII" },
        { Domain("AppVM", 2, "x"), "volume 'root' of 'x': it is a snapshot of ''" },
        { Domain("AppVM", 2, "x", Property("template", "x")), "volume 'root' of 'x'" },
        { Domain("DispVM", 2, "x", Property("dispid", "1") + Property("template", "tmpl")), "must have template_for_dispvms set" },
        { Domain("RemoteVM", 2, "far") + Domain("TemplateVM", 3, "x", Property("guivm", "far")), "'far' is remote" },
        { Volume("name=\"root\" pool=\"q\""), "there is no pool called 'q'; known: p" },
        { Volume("name=\"root\" vid=\"../../etc/x\""), "its vid is '../../etc/x'" },
        { Volume("name=\"root\" vid=\"/etc/x\""), "its vid is '/etc/x'" },
        { Volume("name=\"root\" vid=\"\""), "its vid is ''" },
        { Volume("name=\"root\" vid=\"vm-templates/tmpl/root\""), "is that of another volume in pool 'p'" },
        { Volume("name=\"kernel\" vid=\"vm-templates/tmpl/root\""), "is that of another volume in pool 'p'" },
        { Volume("name=\"a/b\" vid=\"z\""), "volume 'a/b' of 'x'" },
        { Volume("name=\"root\" snap_on_start=\"True\" source=\"nothing\""), "it is a snapshot of 'nothing', which is no volume of this file" },
        { NetworkLoop, "leads, from qube to qube, back to itself" },
    };

    private static string NetworkLoop =>
        Domain("StandaloneVM", 2, "a", Property("provides_network", "True") + Property("netvm", "b"))
        + Domain("StandaloneVM", 3, "b", Property("provides_network", "True") + Property("netvm", "c"))
        + Domain("StandaloneVM", 4, "c", Property("provides_network", "True") + Property("netvm", "b"));

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_would_break_the_model_is_refused_and_leaves_the_state_as_it_was(string domains, string reason)
    {
        var before = await bench.ReopenAsync();
        Refused(reason, WithTemplate(domains));
        Assert.Equal(before, await bench.ReopenAsync());
    }

    [Theory]
    [InlineData("<pools><pool name=\"a b\" driver=\"file\"/></pools>", "pool 'a b' of driver 'file'")]
    [InlineData("<pools><pool name=\"a\" driver=\"file\" dir_path=\"/x&#10;y\"/></pools>", "has a control character in its option 'dir_path'")]
    [InlineData("<pools><pool name=\"a\" driver=\"file\" revisions_to_keep=\"many\"/></pools>", "option revisions_to_keep must be a number")]
    [InlineData("<labels><label id=\"label-1\" color=\"0xcc0000\">rot</label></labels>", "label 1 is 'rot', and here 'red'")]
    [InlineData("<labels><label id=\"label-9\" color=\"red\">x</label></labels>", "label 'x' of colour 'red'")]
    [InlineData("<properties><property name=\"default_netvm\">gone</property></properties>", "the system: Property 'default_netvm' names a qube")]
    [InlineData("<properties><property name=\"default_pool\">gone</property></properties>", "there is none called 'gone'")]
    [InlineData("<domains><domain class=\"AppVM\"><properties><property name=\"name\">x</property><property name=\"qid\">1</property></properties></domain></domains>", "there is no pool called 'default'")]
    public void A_system_that_would_not_work_is_refused(string part, string reason) => Refused(reason, Around(part));

    [Fact]
    public void A_network_that_leads_back_through_the_default_is_refused() => Refused(
        "leads, from qube to qube, back to itself",
        WithTemplate(Domain("StandaloneVM", 2, "net", Property("provides_network", "True")), Property("default_netvm", "net")));

    [Fact]
    public void Guivms_may_lead_back_to_each_other_and_the_layout_is_the_default()
    {
        var state = bench.Import(WithTemplate(
            Domain("StandaloneVM", 2, "a", Property("guivm", "b")) + Domain("StandaloneVM", 3, "b", Property("guivm", "a")))).State;
        Assert.Equal("us++", bench.Loaded(state).Find("a").Properties.Read("keyboard_layout").Text);
    }

    [Fact]
    public async Task A_state_with_qubes_is_not_touched()
    {
        bench.Import(Of42);
        var before = await bench.ReopenAsync();
        Refused("The state has qubes already, such as 'fedora-40-xfce': a file is imported only into one that has none but dom0", Of43);
        Assert.Equal(before, await bench.ReopenAsync());
    }

    [Fact]
    public async Task A_dry_run_says_the_same_and_writes_nothing()
    {
        var before = await bench.ReopenAsync();
        var dry = bench.Check(Stream(Of43));
        Assert.Equal(before, await bench.ReopenAsync());
        Assert.Equal(bench.Import(Of43).Warnings, dry.Warnings);
    }

    [Fact]
    public async Task What_the_host_had_alone_is_replaced()
    {
        bench.Store.PutQube(new(0, Guid.Empty, "dom0", "AdminVM"));
        bench.Store.PutFeature(0, "earlier", "1");
        bench.Store.PutPool(new("earlierpool", "file", new Dictionary<string, string>()));
        bench.Store.PutSystemProperty("default_pool", "earlierpool");
        bench.Store.PutLabel(new(9, "earlier", "0x000000"));
        bench.Store.Commit();
        bench.Import(Of43);
        Assert.DoesNotContain(await bench.ReopenAsync(), line => line.Contains("earlier", StringComparison.Ordinal));
    }

    [Fact]
    public void Values_become_what_setting_them_would_have_made_of_them()
    {
        var state = bench.Import(WithTemplate(Domain(
            "TemplateVM", 2, "x", Property("mac", "00:16:3E:5E:6C:0F") + Property("virt_mode", "HVM") + Property("debug", "yes")))).State;
        Assert.Equal(
            ["debug=True", "label=red", "mac=00:16:3e:5e:6c:0f", "virt_mode=hvm"],
            state.Properties[2].Select(p => $"{p.Name}={p.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_a_volume_does_not_say_is_as_for_a_new_qube_and_a_lost_source_is_the_templates()
    {
        var report = bench.Import(WithTemplate(Domain(
            "AppVM", 2, "x", Property("template", "tmpl"), "<volume-config><volume name=\"root\" source=\"elsewhere\"/></volume-config>")));
        var root = report.State.Volumes[2].Single(v => v.Name == "root");

        Assert.Equal(("p", "appvms/x/root", 10L << 30, true, true, false, 1, "root"),
            (root.Pool, root.Vid, root.Size, root.Writable, root.SnapOnStart, root.SaveOnStop, root.SourceQid, root.SourceVolume));
        Assert.Contains("'x': the source 'elsewhere' of volume 'root' is no origin in this file; 'vm-templates/tmpl/root' of its template is taken", report.Warnings);
        Assert.Contains("'x': volume 'private' is not in the file; it is configured as a new qube's", report.Warnings);
        Assert.Equal(["root", "private", "volatile", "kernel"], report.State.Volumes[2].Select(v => v.Name));
    }

    [Fact]
    public void A_reference_by_id_is_followed()
    {
        var state = bench.Import(WithTemplate(Domain("AppVM", 2, "x", "<property name=\"template\" ref=\"domain-1\"/>"
            .Replace("template", "default_dispvm", StringComparison.Ordinal) + Property("template", "tmpl"))
            .Replace("domain-1", "domain-3", StringComparison.Ordinal)
            + Domain("AppVM", 3, "dvm", Property("template", "tmpl") + Property("template_for_dispvms", "True")))).State;
        Assert.Equal("dvm", state.Properties[2].Single(p => p.Name == "default_dispvm").Value);
    }

    [Fact]
    public void A_computed_property_that_differs_and_volumes_of_the_host_are_named()
    {
        var warnings = bench.Import(Around("""
            <domains><domain id="domain-0" class="AdminVM">
              <properties><property name="icon">other</property><property name="qid">0</property></properties>
              <volume-config><volume name="root"/></volume-config>
            </domain></domains>
            """)).Warnings;
        Assert.Equal(
            ["'dom0': volume 'root' is left out: a AdminVM has none here", "'dom0': property 'icon' is computed here, and the value is left out: 'other'"],
            warnings);
    }

    [Fact]
    public void Own_texts_must_be_what_they_were()
    {
        const string start = "<text xmlns=\"urn:qubes-extensible:interchange:1\" kind=";
        Refused("'x': Notes take text", WithTemplate(Domain("TemplateVM", 2, "x", more: start + "\"notes\">a&#13;b</text>")));
        Refused("'x': ", WithTemplate(Domain("TemplateVM", 2, "x", more: start + "\"firewall\">action=maybe</text>")));
        Assert.Contains(
            "'x': the text of kind 'song' is not known here and left out",
            bench.Import(WithTemplate(Domain("TemplateVM", 2, "x", more: start + "\"song\">la</text>"))).Warnings);
    }

    [Fact]
    public void The_pool_in_the_state_directory_is_the_one_below_the_root_and_others_are_where_they_are()
    {
        var pools = bench.Import(Around("""
            <pools><pool name="a" driver="file" dir_path="/var/lib/qubes"/><pool name="b" driver="file" dir_path="/var/lib/qubes/x"/>
            <pool name="c" driver="file" dir_path="/var/lib/qubesx"/></pools>
            """)).State.Pools;
        Assert.Equal(
            ["/nowhere/root/var/lib/qubes", "/nowhere/root/var/lib/qubes/x", "/var/lib/qubesx"], pools.Select(p => p.Options["dir_path"]));
    }

    private static string Volume(string attributes) =>
        Domain("TemplateVM", 2, "x", more: $"<volume-config><volume {attributes}/></volume-config>");

    private void Refused(string reason, string xml)
    {
        var refusal = Assert.ThrowsAny<QubesException>(() => bench.Import(xml));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }
}
