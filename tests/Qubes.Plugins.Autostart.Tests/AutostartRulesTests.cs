using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Autostart.Tests;

public sealed class AutostartRulesTests : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("qubes-autostart-");
    private readonly IEventBus bus = Substitute.For<IEventBus>();
    private readonly IQubes qubes = Substitute.For<IQubes>();
    private readonly IKernelLoop loop = Substitute.For<IKernelLoop>();
    private readonly List<IQube> all = [];
    private readonly Queue<Action> later = [];
    private readonly Dictionary<Type, object> handlers = [];

    public AutostartRulesTests()
    {
        Take<PropertySetting>();
        Take<PropertyResetting>();
        Take<PropertySet>();
        Take<PropertyReset>();
        Take<QubeAdded>();
        Take<QubeRemoved>();
        loop.Post(Arg.Do<Action>(later.Enqueue));
        qubes.GetEnumerator().Returns(_ => all.GetEnumerator());
        qubes.TryFind(Arg.Any<string>(), out Arg.Any<IQube?>()).Returns(call =>
        {
            call[1] = all.Find(q => q.Name == (string)call[0]);
            return call[1] is not null;
        });
    }

    private string Folder => root.FullName + "/etc/systemd/system/multi-user.target.wants";

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public void A_qube_that_is_to_start_with_the_host_has_a_link_to_the_unit_and_no_longer_after_a_reset()
    {
        var work = Qube("work");
        Start();

        Accepted(work, value: true);
        Assert.Equal("/usr/lib/systemd/system/qubes-vm@.service", new FileInfo(Folder + "/qubes-vm@work.service").LinkTarget);

        Handle(new PropertyResetting(work, "autostart", true));
        work.Properties.Get(QubeProperties.Autostart).Returns(false);
        RunLater();
        Assert.Empty(Links());
    }

    [Fact]
    public void Setting_it_to_false_removes_the_link_and_other_properties_leave_it()
    {
        var work = Qube("work");
        Start();
        Accepted(work, value: true);

        Handle(new PropertySetting(work, "debug", false, true));
        Handle(new PropertySetting(null, "autostart", false, true));
        Assert.Equal(["qubes-vm@work.service"], Links());

        Accepted(work, value: false);
        Assert.Empty(Links());
    }

    [Fact]
    public void A_link_that_cannot_be_made_refuses_the_change_in_one_line()
    {
        var work = Qube("work");
        Start();
        Directory.CreateDirectory(root.FullName + "/etc");
        File.WriteAllText(root.FullName + "/etc/systemd", "in the way");

        var refusal = Assert.Throws<QubesException>(() => Handle(new PropertySetting(work, "autostart", true, false)));

        Assert.StartsWith("'work' cannot start with the host: ", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        RunLater();
    }

    [Fact]
    public void A_change_that_somebody_else_refuses_leaves_no_link()
    {
        var work = Qube("work");
        Start();

        Handle(new PropertySetting(work, "autostart", true, false));
        Assert.NotEmpty(Links());
        RunLater();

        Assert.Empty(Links());
    }

    [Fact]
    public void A_qube_that_is_removed_takes_its_link_along()
    {
        var work = Qube("work");
        Start();
        Accepted(work, value: true);

        all.Clear();
        Handle(new QubeRemoved(work));

        Assert.Empty(Links());
    }

    [Fact]
    public void At_the_start_links_are_made_to_fit_the_state_and_those_of_others_stay()
    {
        Qube("work", isAutostart: true);
        Qube("vault");
        Qube("disp1", QubeClass.DispVM, isAutostart: true, autoCleanup: true);
        Qube("sys-usb", QubeClass.DispVM, isAutostart: true);
        Directory.CreateDirectory(Folder);
        foreach (var name in new[] { "vault", "gone" })
            File.CreateSymbolicLink($"{Folder}/qubes-vm@{name}.service", "/usr/lib/systemd/system/qubes-vm@.service");
        File.CreateSymbolicLink(Folder + "/qubes-vm@other.service", "/somewhere/else.service");
        File.CreateSymbolicLink(Folder + "/cron.service", "/usr/lib/systemd/system/cron.service");

        Start();

        Assert.Equal(["cron.service", "qubes-vm@other.service", "qubes-vm@sys-usb.service", "qubes-vm@work.service"], Links());
    }

    [Fact]
    public void A_new_qube_that_inherits_the_value_is_linked_and_a_disposable_that_will_not_stay_is_not()
    {
        Start();

        Handle(new QubeAdded(Qube("named", QubeClass.DispVM, isAutostart: true)));
        var passing = Qube("disp2", QubeClass.DispVM, isAutostart: true, autoCleanup: true);
        Handle(new QubeAdded(passing));
        Assert.Equal(["qubes-vm@named.service"], Links());

        passing.Properties.Get(QubeProperties.AutoCleanup).Returns(false);
        Handle(new PropertySet(passing, "auto_cleanup", false, true));
        Assert.Equal(["qubes-vm@disp2.service", "qubes-vm@named.service"], Links());
    }

    private void Start() => _ = new AutostartRules(
        bus, qubes, loop, new UnitLinks(new QubesPaths(root.FullName, "/usr")), NullLogger<AutostartRules>.Instance).StartAsync(default);

    private void Accepted(IQube qube, bool value)
    {
        Handle(new PropertySetting(qube, "autostart", value, !value));
        qube.Properties.Get(QubeProperties.Autostart).Returns(value);
        Handle(new PropertySet(qube, "autostart", value, !value));
        RunLater();
    }

    private void RunLater()
    {
        while (later.TryDequeue(out var work))
            work();
    }

    private void Handle<T>(T e) where T : QubesEvent => ((Action<T>)handlers[typeof(T)])(e);

    private void Take<T>() where T : QubesEvent => bus.Subscribe(Arg.Do<Action<T>>(handler => handlers[typeof(T)] = handler));

    private string[] Links() => Directory.Exists(Folder)
        ? [.. Directory.EnumerateFileSystemEntries(Folder).Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal)]
        : [];

    private IQube Qube(string name, QubeClass @class = QubeClass.AppVM, bool isAutostart = false, bool autoCleanup = false)
    {
        var qube = Substitute.For<IQube>();
        qube.Name.Returns(name);
        qube.Class.Returns(@class);
        qube.Properties.Get(QubeProperties.Autostart).Returns(isAutostart);
        qube.Properties.Get(QubeProperties.AutoCleanup).Returns(autoCleanup);
        all.Add(qube);
        return qube;
    }
}
