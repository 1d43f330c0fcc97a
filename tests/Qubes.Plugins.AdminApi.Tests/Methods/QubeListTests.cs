using System.Text;
using Qubes.Plugins.AdminApi.Methods.Lifecycle;
using Qubes.Plugins.AdminApi.Tests.Kernel;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.AdminApi.Tests.Methods;

public sealed class QubeListTests
{
    private readonly TestQubes qubes = new();
    private readonly QubeList list;

    public QubeListTests() => list = new QubeList(qubes);

    private string Text => Encoding.UTF8.GetString(list.Utf8().Span);

    [Fact]
    public void The_host_is_first_and_the_others_follow_by_name()
    {
        qubes.Add("zebra");
        qubes.Add("Ant");
        Assert.Equal(["dom0", "Ant", "zebra"], Text.TrimEnd('\n').Split('\n').Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void While_nothing_changes_the_same_bytes_are_given_again()
    {
        qubes.Add("work");
        var first = list.Utf8();
        Assert.True(first.Equals(list.Utf8()));
    }

    [Fact]
    public void A_change_of_power_state_is_seen_and_the_bytes_given_before_stay_as_they_were()
    {
        var work = qubes.Add("work");
        var before = list.Utf8();
        work.PowerState = PowerState.Running;
        Assert.Contains("work class=AppVM state=Running", Text, StringComparison.Ordinal);
        Assert.DoesNotContain("work class=AppVM state=Running", Encoding.UTF8.GetString(before.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Qubes_that_come_and_go_are_seen_also_when_their_number_stays()
    {
        var first = qubes.Add("first");
        Assert.Contains("first", Text, StringComparison.Ordinal);
        await qubes.RemoveAsync(first, CancellationToken.None);
        qubes.Add("second");
        Assert.DoesNotContain("first", Text, StringComparison.Ordinal);
        Assert.Contains("second", Text, StringComparison.Ordinal);
    }
}
