using Qubes.Kernel.Interchange;
using Qubes.Kernel.Interchange.Xml;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Tests.Interchange;

public sealed class DocumentReaderTests
{
    [Theory]
    [InlineData("<other version=\"3.0\"/>", "line 1: 'other': the outermost element of such a file is 'qubes'")]
    [InlineData("<qubes/>", "'qubes': it has no attribute 'version'")]
    [InlineData("<qubes version=\"2.0\"/>", "its version is '2.0'; 3.0 is read, which Qubes OS 4 writes")]
    public void Only_such_a_file_is_read(string text, string reason) => Refused(text, reason);

    [Theory]
    [InlineData("<labels><label id=\"9\" color=\"0x000000\">x</label></labels>", "its id is label-NUMBER, not '9'")]
    [InlineData("<labels><label id=\"label--9\" color=\"0x000000\">x</label></labels>", "its id is label-NUMBER")]
    [InlineData("<labels><label color=\"0x000000\">x</label></labels>", "no attribute 'id'")]
    [InlineData("<labels><label id=\"label-9\">x</label></labels>", "no attribute 'color'")]
    [InlineData("<pools><pool driver=\"file\"/></pools>", "no attribute 'name'")]
    [InlineData("<pools><pool name=\"p\"/></pools>", "no attribute 'driver'")]
    [InlineData("<pools><pool name=\"p\" driver=\"a\"/><pool name=\"p\" driver=\"b\"/></pools>", "there are two called 'p'")]
    [InlineData("<properties><property>x</property></properties>", "no attribute 'name'")]
    [InlineData("<properties><property name=\"a\"/></properties><properties><property name=\"a\"/></properties>", "there are two called 'a'")]
    [InlineData("<domains><domain id=\"domain-1\"/></domains>", "no attribute 'class'")]
    public void A_part_that_lacks_what_it_needs_is_refused(string part, string reason) => Refused(Sample.Around(part), reason);

    [Theory]
    [InlineData("<features><feature name=\"a\"/><feature name=\"a\"/></features>", "there are two called 'a'")]
    [InlineData("<features><feature/></features>", "no attribute 'name'")]
    [InlineData("<tags><tag/></tags>", "no attribute 'name'")]
    [InlineData("<volume-config><volume pool=\"p\"/></volume-config>", "no attribute 'name'")]
    [InlineData("<volume-config><volume name=\"a\" rw=\"yes\"/></volume-config>", "its attribute 'rw' is True or False, not 'yes'")]
    [InlineData("<volume-config><volume name=\"a\" size=\"-1\"/></volume-config>", "its attribute 'size' is a number from 0 to")]
    [InlineData("<volume-config><volume name=\"a\" size=\"9223372036854775808\"/></volume-config>", "its attribute 'size' is a number")]
    [InlineData("<volume-config><volume name=\"a\" revisions_to_keep=\"-2\"/></volume-config>", "is a number from -1 to")]
    public void A_part_of_a_domain_that_lacks_what_it_needs_is_refused(string part, string reason) =>
        Refused(Sample.Around($"<domains><domain id=\"domain-1\" class=\"AppVM\">{part}</domain></domains>"), reason);

    [Fact]
    public void What_has_no_place_here_is_named_with_its_line()
    {
        var document = Read("""
            <qubes version="3.0" flavour="x">
              <novelty><inside/></novelty>
              <labels>text<lable/></labels>
              <domains>
                <domain id="domain-1" class="AppVM" mood="good">
                  <properties><property name="name">work</property></properties>
                  <devices class="pci"><device backend-domain="dom0" id="00_1f.6"/></devices>
                  <devices class="block"><device backend-domain="x" port-id="sda" device-id="*" mode="required"/></devices>
                  <volume-config><volume name="root" colour="blue"/></volume-config>
                </domain>
              </domains>
            </qubes>
            """);

        Assert.Equal(
            [
                "line 1: attribute 'flavour' of 'qubes' is not known here and left out",
                "line 2: element 'novelty' is not known here and left out",
                "line 3: the text in 'labels' is left out",
                "line 3: element 'lable' is not known here and left out",
                "line 5: attribute 'mood' of 'domain' is not known here and left out",
                "line 9: attribute 'colour' of 'volume' is not known here and left out",
                "'work': device pci:dom0:00_1f.6 is not assigned: machines are given no devices here",
                "'work': device block:x:sda is not assigned: machines are given no devices here",
            ],
            document.LeftOut);
    }

    [Fact]
    public void Values_are_read_as_they_stand_there()
    {
        var document = Read("""
            <qubes version="3.0">
              <pools><pool driver="lvm_thin" thin_pool="t" name="p" volume_group="v"/></pools>
              <properties>
                <property name="a"/><property name="b"></property><property name="c" ref="domain-1"/><property name="d"> x&#10;<![CDATA[<y>]]></property>
              </properties>
            </qubes>
            """);

        Assert.Equal(["thin_pool=t", "volume_group=v"], Assert.Single(document.Pools).Options.Select(o => $"{o.Key}={o.Value}"));
        Assert.Equal(
            [new DocumentProperty("a", ""), new("b", ""), new("c", "domain-1", IsReference: true), new("d", " x\n<y>")], document.Properties);
        Assert.False(document.HasTexts);
    }

    private static Document Read(string text) => DocumentReader.Read(Sample.Stream(text));

    private static void Refused(string text, string reason)
    {
        var refusal = Assert.Throws<QubesException>(() => Read(text));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }
}
