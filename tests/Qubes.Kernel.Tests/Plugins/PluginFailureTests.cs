using Autofac.Core;
using Qubes.Kernel.Plugins;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Tests.Plugins;

public sealed class PluginFailureTests
{
    [Fact]
    public void A_refusal_is_told_as_it_was_said()
    {
        var refusal = PluginFailure.Of(new DependencyResolutionException("while making X", new InvalidValueException("reserve=lots is refused:\n a size")));

        Assert.Equal((PluginState.Malfunctioned, "reserve=lots is refused:  a size"), (refusal.State, refusal.Message));
        Assert.Null(refusal.InnerException);
    }

    [Fact]
    public void A_defect_is_told_with_its_kind_and_kept_for_the_log()
    {
        var defect = new DependencyResolutionException("while making X", new KeyNotFoundException("no 'x'"));
        var refusal = PluginFailure.Of(defect);

        Assert.Equal("KeyNotFoundException: no 'x'", refusal.Message);
        Assert.Same(defect, refusal.InnerException);
    }
}
