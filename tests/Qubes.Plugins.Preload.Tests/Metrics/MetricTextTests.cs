using Qubes.Plugins.Preload.Metrics;

namespace Qubes.Plugins.Preload.Tests.Metrics;

public sealed class MetricTextTests
{
    [Fact]
    public void A_family_is_told_before_its_samples()
    {
        var text = new MetricText();
        text.Family("a_total", "counter", "How many.");
        text.Sample("a_total", 3, ("template", "dvm"), ("result", "served"));
        text.Sample("b", 0.25);
        Assert.Equal(
            """
            # HELP a_total How many.
            # TYPE a_total counter
            a_total{template="dvm",result="served"} 3
            b 0.25

            """,
            text.ToString());
    }

    [Fact]
    public void What_means_something_in_a_label_is_escaped()
    {
        var text = new MetricText();
        text.Sample("a", 1, ("t", "b\\s\"q\nn"));
        Assert.Equal("a{t=\"b\\\\s\\\"q\\nn\"} 1\n", text.ToString());
    }
}
