using Qubes.Plugins.Templates.Builds;

namespace Qubes.Plugins.Templates.Tests.Builds;

public sealed class BuildProgressTests
{
    private readonly List<(BuildStep Step, int Percent, string Detail)> _reports = [];

    [Fact]
    public void Steps_share_the_way_from_0_to_100()
    {
        Assert.Equal(0, Enum.GetValues<BuildStep>()[0].Percent(0));
        Assert.Equal(100, Enum.GetValues<BuildStep>()[^1].Percent(1));
        foreach (var (step, next) in Enum.GetValues<BuildStep>().Zip(Enum.GetValues<BuildStep>().Skip(1)))
            Assert.Equal(step.Percent(1), next.Percent(0));
    }

    [Fact]
    public void Only_what_a_person_can_see_change_is_passed_on_and_nothing_goes_back()
    {
        var progress = new BuildProgress((step, percent, detail) => _reports.Add((step, percent, detail)));

        progress.Report(BuildStep.Packages, 0.5, "a");
        progress.Report(BuildStep.Packages, 0.5001, "b");
        progress.Report(BuildStep.Packages, 0.1, "c");
        progress.Report(BuildStep.Resolve, 1, "d");
        progress.Report(BuildStep.Kernel, 0, "e");

        Assert.Equal([(BuildStep.Packages, 46, "a"), (BuildStep.Kernel, 80, "e")], _reports);
        Assert.Equal(BuildStep.Kernel, progress.Step);
    }
}
