using System.Text;
using Qubes.Kernel.Interchange.Xml;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Tests.Interchange;

public sealed class BoundedXmlTests
{
    [Fact]
    public void Entities_that_grow_are_refused_with_the_DTD_that_declares_them()
    {
        var laughs = string.Concat(Enumerable.Range(1, 9).Select(i => $"<!ENTITY l{i} \"{string.Concat(Enumerable.Repeat($"&l{i - 1};", 10))}\">"));
        Refused("without a DTD", $"<!DOCTYPE qubes [<!ENTITY l0 \"lol\">{laughs}]><qubes>&l9;</qubes>");
    }

    [Theory]
    [InlineData("<!DOCTYPE qubes SYSTEM \"file:///etc/passwd\"><qubes version=\"3.0\"/>")]
    [InlineData("<!DOCTYPE qubes [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><qubes>&x;</qubes>")]
    [InlineData("<qubes>&undeclared;</qubes>")]
    [InlineData("<qubes a=\"1\" a=\"2\"/>")]
    [InlineData("<qubes>")]
    [InlineData("<qubes/><qubes/>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"no-such\"?><qubes/>")]
    [InlineData("<qubes>\u0001</qubes>")]
    [InlineData("<qubes>&#0;</qubes>")]
    [InlineData("")]
    public void What_is_not_plain_XML_is_refused(string text) => Refused("not well-formed", text);

    [Fact]
    public void A_file_without_end_is_read_no_further_than_the_bound()
    {
        var endless = new EndlessAttribute();
        var before = GC.GetTotalAllocatedBytes();

        var refusal = Assert.Throws<QubesException>(() => BoundedXml.Load(endless));

        Assert.Contains("too large: at most 16 MiB", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(endless.Given, BoundedXml.MaxBytes, BoundedXml.MaxBytes + (1 << 17));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 5L * BoundedXml.MaxBytes);
    }

    [Fact]
    public void Deep_nesting_is_refused_where_it_becomes_too_deep()
    {
        Refused("deep within each other", string.Concat(Enumerable.Repeat("<a>", 1_000_000)));
        Refused("deep within each other", "<qubes><a><b><c><d><e><f><g><h/></g></f></e></d></c></b></a></qubes>");
    }

    [Fact]
    public void Too_many_elements_are_refused() =>
        Refused("more than 1000000", "<qubes>" + string.Concat(Enumerable.Repeat("<a b=''/>", 600_000)) + "</qubes>");

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void A_tag_may_be_so_long_and_no_longer(int more, bool isRefused)
    {
        var head = "<qubes a='";
        var tail = "'>";
        var text = head + new string('x', BoundedXml.MaxStretch - head.Length - tail.Length + more) + tail + "</qubes>";
        if (isRefused)
            Refused("a tag or text of more than 256 KiB", text);
        else
            Assert.Equal("qubes", BoundedXml.Load(Sample.Stream(text)).Name.LocalName);
    }

    [Fact]
    public void Attributes_without_end_are_refused_before_they_are_compared() =>
        Refused("a tag or text", "<qubes " + string.Concat(Enumerable.Range(0, 1_000_001).Select(i => $"a{i:x}='' ")) + "/>");

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public void Only_UTF8_is_read(string encoding)
    {
        using var stream = new MemoryStream(Encoding.GetEncoding(encoding).GetBytes("<qubes/>"));
        Assert.Contains("UTF-8", Assert.Throws<QubesException>(() => BoundedXml.Load(stream)).Message, StringComparison.Ordinal);
    }

    private static void Refused(string part, string text)
    {
        var refusal = Assert.Throws<QubesException>(() => BoundedXml.Load(Sample.Stream(text)));
        Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>An attribute of more than a gigabyte, as nobody's disk has it.</summary>
    private sealed class EndlessAttribute : Stream
    {
        private static readonly byte[] Start = Encoding.ASCII.GetBytes("<qubes version=\"");

        public long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => Given; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'x');
            if (Given == 0)
                Start.CopyTo(buffer, offset);
            Given += count;
            return count;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
