using NSubstitute;
using Qubes.Plugins.Preload.Features;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Tests;

public sealed class FeatureReserveTests
{
    [Theory]
    [InlineData("disp1", "", true)]
    [InlineData("disp2 disp1 disp3", "", true)]
    [InlineData("disp11 disp2", "", false)]
    [InlineData("", "1", true)]
    [InlineData(null, "", false)]
    public void It_holds_what_is_queued_or_on_its_way(string? queue, string inProgress, bool held)
    {
        var template = Qube("dvm", PreloadFeatures.Queue, queue);
        var disposable = Qube("disp1", PreloadFeatures.InProgress, inProgress);
        disposable.Template.Returns(template);

        Assert.Equal(held, new FeatureReserve().Holds(disposable));
    }

    private static IQube Qube(string name, string feature, string? value)
    {
        var features = Substitute.For<IFeatures>();
        features.TryGetValue(feature, out Arg.Any<string?>()!).Returns(call =>
        {
            call[1] = value;
            return value is not null;
        });
        var qube = Substitute.For<IQube>();
        qube.Name.Returns(name);
        qube.Features.Returns(features);
        return qube;
    }
}
