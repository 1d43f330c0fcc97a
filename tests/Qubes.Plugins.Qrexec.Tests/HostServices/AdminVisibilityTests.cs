using Microsoft.Extensions.Logging;
using NSubstitute;
using Qubes.Plugins.Qrexec.HostServices;
using Qubes.Plugins.Qrexec.Judging;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qrexec.Tests.HostServices;

public sealed class AdminVisibilityTests : IAsyncLifetime
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("vis");
    private readonly IQubes qubes = Substitute.For<IQubes>();
    private readonly IEventBus bus = Substitute.For<IEventBus>();
    private readonly List<IQube> all = [];
    private readonly CapturedLog log = new();
    private PolicyStore store = null!;
    private Action<AdminPermission> handler = null!;
    private IQube host = null!, caller = null!, seen = null!, hidden = null!;

    public async Task InitializeAsync()
    {
        (host, caller, seen, hidden) = (Add("dom0", QubeClass.AdminVM), Add("gui"), Add("seen"), Add("hidden"));
        qubes.GetEnumerator().Returns(_ => all.GetEnumerator());
        qubes.AdminVm.Returns(host);
        IQube? found = null;
        qubes.TryFind(Arg.Any<string>(), out found).Returns(call =>
        {
            call[1] = all.Find(q => q.Name == call.ArgAt<string>(0));
            return call[1] is not null;
        });
        bus.Subscribe(Arg.Do<Action<AdminPermission>>(h => handler = h)).Returns(Substitute.For<IDisposable>());
        store = new PolicyStore(new QubesPaths(root.FullName, "/usr"), TimeProvider.System, new Logger<PolicyStore>(log));
        await new AdminVisibility(bus, qubes, store).StartAsync(default);
        await PolicyAsync(
            """
            admin.vm.List * gui seen allow target=dom0
            admin.vm.List * gui hidden ask target=dom0 default_target=dom0
            admin.Events +domain-start gui seen allow target=dom0
            admin.Events +domain-delete gui seen allow target=dom0
            admin.Events +domain-tag-add_open gui @adminvm allow target=dom0
            """);
    }

    public Task DisposeAsync()
    {
        store.Dispose();
        root.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public void A_listing_shows_the_qubes_that_the_method_may_be_called_on_without_asking()
    {
        AdminPermission permission = Ask("admin.vm.List");
        Assert.True(permission.KnowsQubes);
        Assert.Equal(["seen"], all.Where(permission.Shows).Select(q => q.Name));
        Assert.DoesNotContain(all, Ask("admin.vm.Stats").Shows);
    }

    [Fact]
    public void A_listener_gets_the_events_that_policy_allows_for_whom_they_are_about()
    {
        AdminPermission permission = Ask("admin.Events");
        Assert.True(permission.Sends(new QubeStarted(seen, Guid.Empty)));
        Assert.False(permission.Sends(new QubeStarted(hidden, Guid.Empty)));
        Assert.True(permission.Sends(new TagAdded(host, "open")));
        Assert.False(permission.Sends(new TagAdded(host, "secret")));
        all.Remove(seen);
        Assert.True(permission.Sends(new QubeRemoved(seen)));
        Assert.False(permission.Sends(new QubeRemoved(hidden)));
    }

    [Fact]
    public void The_host_is_not_restricted()
    {
        var permission = new AdminPermission(host, "admin.vm.List", host, "", default);
        handler(permission);
        Assert.False(permission.IsFiltered);
    }

    [Fact]
    public async Task A_policy_with_a_mistake_shows_nothing()
    {
        AdminPermission permission = Ask("admin.vm.List");
        await PolicyAsync("this is no rule");
        Assert.DoesNotContain(all, permission.Shows);
    }

    private AdminPermission Ask(string method)
    {
        var permission = new AdminPermission(caller, method, host, "", default);
        handler(permission);
        return permission;
    }

    private async Task PolicyAsync(string rules)
    {
        Directory.CreateDirectory(store.Directories.Fixed);
        await File.WriteAllTextAsync(store.Directories.Fixed + "/30-test.policy", rules);
        await store.GetAsync(default);
    }

    private IQube Add(string name, QubeClass qubeClass = QubeClass.AppVM)
    {
        IQube qube = Substitute.For<IQube>();
        qube.Name.Returns(name);
        qube.Class.Returns(qubeClass);
        qube.Uuid.Returns(qubeClass == QubeClass.AdminVM ? Guid.Empty : Guid.NewGuid());
        qube.Properties.Declared.Returns([]);
        all.Add(qube);
        return qube;
    }
}
