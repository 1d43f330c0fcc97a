using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Readiness;
using Qubes.Plugins.Preload.Requests;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Plugins.Preload.Tests.Readiness;

/// <summary>A preload that is a copy of a machine that was warmed up.</summary>
public sealed class ClonedGuestTests
{
    private readonly IGuestServices services = Substitute.For<IGuestServices>();
    private readonly List<string> calls = [];

    [Theory]
    [InlineData(true, "qubes.WaitForRunningSystem")]
    [InlineData(false, "qubes.WaitForRunningSystem qubes.WarmUp")]
    public async Task A_copy_is_warm_already(bool isClone, string called)
    {
        services.CallAsync(default!, default!, default, default, default).ReturnsForAnyArgs(call =>
        {
            calls.Add(call.ArgAt<string>(1));
            return Task.FromResult(new GuestServiceResult(0, default));
        });
        var extensions = Substitute.For<IExtensions>();
        extensions.All<IGuestServices>().Returns([services]);
        var readiness = new GuestReadiness(extensions, new(new(), TimeProvider.System), TimeProvider.System, NullLogger<GuestReadiness>.Instance);

        await readiness.WaitAsync(PreloadLife.Recover(Qube(isClone), Substitute.For<IEventBus>()));

        Assert.Equal(called, string.Join(' ', calls));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 2)]
    public async Task A_copy_is_not_asked_while_somebody_waits_for_a_disposable(bool isClone, int asked)
    {
        services.CallAsync(default!, default!, default, default, default).ReturnsForAnyArgs(call =>
        {
            calls.Add(call.ArgAt<string>(1));
            return Task.FromResult(new GuestServiceResult(0, default));
        });
        var extensions = Substitute.For<IExtensions>();
        extensions.All<IGuestServices>().Returns([services]);
        var requests = new RequestsInFlight(new(), new VirtualTimeProvider());
        var qube = Qube(isClone);
        using var request = requests.Begin(qube);
        var preload = PreloadLife.Recover(qube, Substitute.For<IEventBus>());
        var readiness = new GuestReadiness(extensions, requests, TimeProvider.System, NullLogger<GuestReadiness>.Instance);

        var waiting = readiness.WaitAsync(preload);
        Assert.Equal(asked, calls.Count);
        Assert.Equal(!isClone, waiting.IsCompleted);
        preload.End();
        await Record.ExceptionAsync(() => waiting);
    }

    private static IQube Qube(bool isClone)
    {
        var machine = Substitute.For<IMachine>();
        machine.IsClone.Returns(isClone);
        var features = Substitute.For<IFeatures>();
        features.CheckWithTemplate(default!).ReturnsForAnyArgs((string?)null);
        features.CheckWithTemplate("supported-rpc.qubes.WarmUp").Returns("1");
        var qube = Substitute.For<IQube>();
        qube.Machine.Returns(machine);
        qube.Features.Returns(features);
        qube.Properties.Get(QubeProperties.QrexecTimeout).Returns(60);
        return qube;
    }
}
