using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Readiness;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Tests.Readiness;

/// <summary>A preload that is a copy of a machine that was warmed up.</summary>
public sealed class ClonedGuestTests
{
    private readonly IGuestServices services = Substitute.For<IGuestServices>();
    private readonly IQube template = Substitute.For<IQube>();
    private readonly List<string> calls = [];

    public ClonedGuestTests() => template.Features.TryGetValue("preload-dispvm", out Arg.Any<string?>()).Returns(call =>
    {
        call[1] = "disp1 disp2";
        return true;
    });

    [Theory]
    [InlineData(true, true, "qubes.WaitForRunningSystem")]
    [InlineData(true, false, "")]
    [InlineData(false, true, "qubes.WaitForRunningSystem qubes.WarmUp")]
    [InlineData(false, false, "qubes.WaitForRunningSystem qubes.WarmUp")]
    public async Task A_copy_is_warm_already_and_was_ready_when_there_is_none_yet(bool isClone, bool isAnotherReady, string called)
    {
        services.CallAsync(default!, default!, default, default, default).ReturnsForAnyArgs(call =>
        {
            calls.Add(call.ArgAt<string>(1));
            return Task.FromResult(new GuestServiceResult(0, default));
        });
        var extensions = Substitute.For<IExtensions>();
        extensions.All<IGuestServices>().Returns([services]);
        var lives = new LivingPreloads();
        var preload = PreloadLife.Recover(Qube("disp1", isClone), Substitute.For<IEventBus>());
        if (isAnotherReady)
            lives.Add(PreloadLife.Recover(Qube("disp2", isClone), Substitute.For<IEventBus>()));
        var readiness = new GuestReadiness(lives, extensions, TimeProvider.System, NullLogger<GuestReadiness>.Instance);

        await readiness.WaitAsync(preload);

        Assert.Equal(called, string.Join(' ', calls));
    }

    private IQube Qube(string name, bool isClone)
    {
        var machine = Substitute.For<IMachine>();
        machine.IsClone.Returns(isClone);
        var features = Substitute.For<IFeatures>();
        features.CheckWithTemplate(default!).ReturnsForAnyArgs((string?)null);
        features.CheckWithTemplate("supported-rpc.qubes.WarmUp").Returns("1");
        var qube = Substitute.For<IQube>();
        qube.Name.Returns(name);
        qube.Template.Returns(template);
        qube.Machine.Returns(machine);
        qube.Features.Returns(features);
        qube.Properties.Get(QubeProperties.QrexecTimeout).Returns(60);
        return qube;
    }
}
