using Qubes.Kernel.Domains;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Tests.Domains;

public sealed class PropertyTests : IAsyncLifetime
{
    private TestKernel kernel = null!;

    private Qube Work => (Qube)kernel.Qubes.Find("work");

    public async Task InitializeAsync()
    {
        kernel = await TestKernel.StartAsync();
        await kernel.PopulateAsync();
    }

    public async Task DisposeAsync() => await kernel.DisposeAsync();

    [Fact]
    public Task Lists_follow_the_stage_and_then_the_name() => kernel.OnLoop(() =>
    {
        var names = Work.Properties.Declared.Select(p => p.Name).ToList();

        Assert.Equal("autostart", names[0]);
        Assert.Equal(["netvm", "template"], names[^2..]);
        Assert.True(names.IndexOf("xid") < names.IndexOf("audiovm"));
    });

    [Theory]
    [InlineData("memory", "400", "int")]
    [InlineData("maxmem", "4000", "int")]
    [InlineData("vcpus", "2", "int")]
    [InlineData("default_user", "user", "str")]
    [InlineData("kernel", "1.0", "str")]
    [InlineData("kernelopts", "swiotlb=2048", "str")]
    [InlineData("mac", "00:16:3e:5e:6c:00", "str")]
    [InlineData("icon", "appvm-red", "str")]
    [InlineData("klass", "AppVM", "str")]
    [InlineData("qrexec_timeout", "60", "int")]
    [InlineData("updateable", "False", "bool")]
    [InlineData("netvm", "", "vm")]
    [InlineData("guivm", "dom0", "vm")]
    [InlineData("ip", "", "str")]
    [InlineData("xid", "-1", "int")]
    public Task Defaults_are_those_of_the_reference(string name, string text, string type) => kernel.OnLoop(() =>
    {
        var value = Work.Properties.Read(name);

        Assert.Equal((text, type, true), (value.Text, value.Type.WireName(), value.IsDefault));
    });

    [Fact]
    public Task Guivms_that_lead_back_to_each_other_have_the_default_layout_or_the_first_explicit_one() => kernel.OnLoop(() =>
    {
        var dvm = kernel.Qubes.Find("dvm");
        Work.Properties.Write("guivm", "dvm");
        dvm.Properties.Write("guivm", "work");
        Assert.Equal("us++", Work.Properties.Read("keyboard_layout").Text);

        dvm.Properties.Write("keyboard_layout", "de++");
        Assert.Equal("de++", Work.Properties.Read("keyboard_layout").Text);
    });

    [Fact]
    public Task An_explicit_value_is_told_apart_from_the_same_default() => kernel.OnLoop(() =>
    {
        Work.Properties.Set(QubeProperties.Memory, 400);

        Assert.False(Work.Properties.IsDefault("memory"));
        Work.Properties.Reset("memory");
        Assert.True(Work.Properties.IsDefault("memory"));
    });

    [Fact]
    public Task A_template_passes_its_value_on_and_says_so() => kernel.OnLoop(() =>
    {
        kernel.Qubes.Find("tmpl").Properties.Set(QubeProperties.Memory, 512);

        Assert.Equal(512, Work.Properties.Get(QubeProperties.Memory));
        Assert.Contains("work/property-reset:memory", kernel.Events);
    });

    [Fact]
    public Task Setting_fires_before_and_after() => kernel.OnLoop(() =>
    {
        Work.Properties.Write("label", "blue");

        Assert.Equal(
            ["work/property-pre-set:label", "work/property-set:label", "work/property-reset:icon"],
            kernel.Events.Order(StringComparer.Ordinal).OrderBy(e => e.Contains("icon", StringComparison.Ordinal)));
        Assert.Equal("appvm-blue", Work.Properties.Read("icon").Text);
    });

    [Fact]
    public Task A_vetoed_value_is_not_stored() => kernel.OnLoop(() =>
    {
        using var veto = kernel.Bus.Subscribe<PropertySetting>(_ => throw new QubesException("not today"));

        var refusal = Assert.Throws<QubesException>(() => Work.Properties.Set(QubeProperties.Memory, 777));

        Assert.Equal("not today", refusal.Message);
        Assert.True(Work.Properties.IsDefault("memory"));
    });

    [Theory]
    [InlineData("memory", "zero", typeof(InvalidValueException))]
    [InlineData("memory", "0", typeof(PropertyValueException))]
    [InlineData("memory", "0x10", typeof(InvalidValueException))]
    [InlineData("memory", "", typeof(InvalidValueException))]
    [InlineData("debug", "banana", typeof(InvalidValueException))]
    [InlineData("label", "mauve", typeof(LabelNotFoundException))]
    [InlineData("label", "9", typeof(LabelNotFoundException))]
    [InlineData("netvm", "nobody", typeof(PropertyValueException))]
    [InlineData("netvm", "none", typeof(InvalidValueException))]
    [InlineData("netvm", "tmpl", typeof(InvalidValueException))]
    [InlineData("default_dispvm", "tmpl", typeof(PropertyValueException))]
    [InlineData("template", "dvm", typeof(PropertyValueException))]
    [InlineData("template", "", typeof(PropertyValueException))]
    [InlineData("kernel", "../1.0", typeof(PropertyValueException))]
    [InlineData("kernel", "9.9", typeof(PropertyValueException))]
    [InlineData("default_user", "no good", typeof(PropertyValueException))]
    [InlineData("mac", "00:11", typeof(PropertyValueException))]
    [InlineData("ip", "10.0.0", typeof(InvalidValueException))]
    [InlineData("virt_mode", "xen", typeof(PropertyValueException))]
    [InlineData("kernelopts", "caf\u00e9", typeof(InvalidValueException))]
    [InlineData("name", "other", typeof(PropertyValueException))]
    [InlineData("icon", "x", typeof(PropertyValueException))]
    [InlineData("nosuch", "x", typeof(NoSuchPropertyException))]
    public Task Bad_values_are_refused_and_change_nothing(string name, string text, Type refusal) => kernel.OnLoop(() =>
    {
        var before = Work.Properties.Declared.Select(p => Work.Properties.Read(p.Name)).ToList();

        Assert.IsType(refusal, Record.Exception(() => Work.Properties.Write(name, text)));

        Assert.Equal(before, Work.Properties.Declared.Select(p => Work.Properties.Read(p.Name)));
    });

    [Theory]
    [InlineData(" 1_000 ", 1000)]
    [InlineData("+5", 5)]
    public Task Numbers_are_read_as_the_reference_reads_them(string text, int expected) => kernel.OnLoop(() =>
    {
        Work.Properties.Write("memory", text);

        Assert.Equal(expected, Work.Properties.Get(QubeProperties.Memory));
    });

    [Theory]
    [InlineData("6")]
    [InlineData("label-6")]
    [InlineData("blue")]
    public Task A_label_is_named_or_numbered(string text) => kernel.OnLoop(() =>
    {
        Work.Properties.Write("label", text);

        Assert.Equal("blue", Work.Properties.Read("label").Text);
    });

    [Fact]
    public Task Addresses_follow_from_the_number() => kernel.OnLoop(async () =>
    {
        var net = await kernel.Qubes.CreateAsync(new(QubeClass.AppVM, "net", "red"), default);
        net.Properties.Set(QubeProperties.ProvidesNetwork, true);
        Work.Properties.Set(QubeProperties.Netvm, net);

        Assert.Equal($"10.137.0.{Work.Qid}", Work.Properties.Read("ip").Text);
        Assert.Equal($"10.137.0.{net.Qid}", Work.Properties.Read("visible_gateway").Text);
        Assert.Equal("10.139.1.1 10.139.1.2", Work.Properties.Read("dns").Text);
        Assert.Equal("1", net.Features["servicevm"]);
        Assert.Equal("servicevm-red", net.Properties.Read("icon").Text);
    });

    [Fact]
    public Task A_network_loop_is_refused() => kernel.OnLoop(async () =>
    {
        var net = await kernel.Qubes.CreateAsync(new(QubeClass.AppVM, "net", "red"), default);
        net.Properties.Set(QubeProperties.ProvidesNetwork, true);
        Work.Properties.Set(QubeProperties.Netvm, net);
        Work.Properties.Set(QubeProperties.ProvidesNetwork, true);

        Assert.Throws<InvalidValueException>(() => net.Properties.Set(QubeProperties.Netvm, Work));
        Assert.Throws<InvalidValueException>(() => net.Properties.Set(QubeProperties.ProvidesNetwork, false));
    });

    [Fact]
    public Task A_disposable_template_in_use_stays_one() => kernel.OnLoop(() =>
    {
        var dvm = kernel.Qubes.Find("dvm");
        Work.Properties.Set(QubeProperties.DefaultDispvm, dvm);

        Assert.Throws<QubeInUseException>(() => dvm.Properties.Set(QubeProperties.TemplateForDispvms, false));
        Assert.Throws<QubeInUseException>(() => dvm.Properties.Reset("template_for_dispvms"));

        Work.Properties.Reset("default_dispvm");
        dvm.Properties.Set(QubeProperties.TemplateForDispvms, false);
    });

    [Fact]
    public Task The_default_disposable_template_of_the_system_is_announced_to_those_at_default() => kernel.OnLoop(() =>
    {
        kernel.Qubes.System.Write("default_dispvm", "dvm");

        Assert.Equal("dvm", Work.Properties.Read("default_dispvm").Text);
        Assert.Contains("work/property-reset:default_dispvm", kernel.Events);
        Assert.Throws<PropertyValueException>(() => kernel.Qubes.System.Write("default_dispvm", "work"));
    });
}
