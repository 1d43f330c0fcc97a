using FsCheck;
using FsCheck.Fluent;
using NSubstitute;
using Qubes.Plugins.AdminApi.Methods.Creation;
using Qubes.Plugins.AdminApi.Tests.Kernel;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Tests.Methods;

public sealed class CreationTests
{
    [Theory]
    [InlineData("admin.vm.Create.AppVM+tmpl", QubeClass.AppVM, "tmpl")]
    [InlineData("admin.vm.Create.AppVM+", QubeClass.AppVM, null)]
    [InlineData("admin.vm.Create.DispVM+tmpl", QubeClass.DispVM, "tmpl")]
    [InlineData("admin.vm.Create.TemplateVM+", QubeClass.TemplateVM, null)]
    [InlineData("admin.vm.Create.StandaloneVM+", QubeClass.StandaloneVM, null)]
    [InlineData("admin.vm.Create.RemoteVM+", QubeClass.RemoteVM, null)]
    public async Task A_qube_of_every_class_can_be_made(string call, QubeClass qubeClass, string? template)
    {
        await using TestDaemon daemon = await StartAsync();
        Assert.Equal("0\0", await daemon.CallAsync(call, "dom0", "label=red name=new"));
        QubeRequest made = Assert.Single(daemon.Qubes.Created);
        Assert.Equal((qubeClass, "new", "red", template), (made.Class, made.Name, made.Label, made.Template?.Name));
        Assert.Same(daemon.Qubes.Host, made.CreatedBy);
        Assert.Null(made.Pool);
        Assert.Empty(made.VolumePools);
    }

    [Fact]
    public async Task Pools_can_be_chosen_for_all_volumes_or_for_each()
    {
        await using TestDaemon daemon = await StartAsync();
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.CreateInPool.AppVM+", "dom0", "name=a label=red pool=fast"));
        Assert.Equal("0\0", await daemon.CallAsync(
            "admin.vm.CreateInPool.AppVM+", "dom0", "name=b label=red pool:root=fast pool:private=fast"));
        Assert.Equal("fast", daemon.Qubes.Created[0].Pool);
        Assert.Equal(["root", "private"], daemon.Qubes.Created[1].VolumePools.Keys);
    }

    [Theory]
    [InlineData("Create.AppVM+", "name=work label=red", "QubesVMAlreadyExistsError")]
    [InlineData("Create.AppVM+", "name=-x label=red", "QubesValueError")]
    [InlineData("Create.AppVM+", "name=x", "ProtocolError")]
    [InlineData("Create.AppVM+", "label=red", "ProtocolError")]
    [InlineData("Create.AppVM+", "name=x label=pink", "ProtocolError")]
    [InlineData("Create.AppVM+", "name=x label=red label=red", "ProtocolError")]
    [InlineData("Create.AppVM+", "name=x label=red color=red", "ProtocolError")]
    [InlineData("Create.AppVM+", "name=x label=red ", "ProtocolError")]
    [InlineData("Create.AppVM+", "name=x  label=red", "ProtocolError")]
    [InlineData("Create.AppVM+", "name=x label=red pool=fast", "ProtocolError")]
    [InlineData("Create.AppVM+", "name=\u00e9 label=red", "ProtocolError")]
    [InlineData("Create.AppVM+nosuch", "name=x label=red", "QubesVMNotFoundError")]
    [InlineData("Create.StandaloneVM+tmpl", "name=x label=red", "ProtocolError")]
    [InlineData("Create.TemplateVM+tmpl", "name=x label=red", "ProtocolError")]
    [InlineData("Create.AdminVM+", "name=x label=red", "QubesVMAlreadyExistsError")]
    [InlineData("Create.RemoteVM+tmpl", "name=x label=red", "ProtocolError")]
    [InlineData("Create.AppVM+", "", "ProtocolError")]
    [InlineData("CreateInPool.AppVM+", "name=x label=red pool=nosuch", "QubesException")]
    [InlineData("CreateInPool.AppVM+", "name=x label=red pool:root=nosuch", "QubesException")]
    [InlineData("CreateInPool.AppVM+", "name=x label=red pool=fast pool:root=fast", "ProtocolError")]
    [InlineData("CreateInPool.AppVM+", "name=x label=red pool:swap=fast", "ProtocolError")]
    public async Task A_creation_that_cannot_be_is_refused(string call, string payload, string wireClass)
    {
        await using TestDaemon daemon = await StartAsync();
        Assert.StartsWith(
            $"2\0{wireClass}\0\0", await daemon.CallAsync("admin.vm." + call, "dom0", payload), StringComparison.Ordinal);
        Assert.Empty(daemon.Qubes.Created);
    }

    [Fact]
    public void Any_payload_is_taken_apart_or_refused() => Check.QuickThrowOnFailure(Prop.ForAll((byte[] bytes, bool pools) =>
    {
        try
        {
            _ = CreationPayload.Parse(bytes, pools);
            return true;
        }
        catch (ProtocolException)
        {
            return true;
        }
    }));

    [Fact]
    public async Task A_qube_is_removed()
    {
        await using TestDaemon daemon = await StartAsync();
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.Remove+", "work"));
        Assert.DoesNotContain(daemon.Qubes, q => q.Name == "work");
    }

    [Theory]
    [InlineData("tmpl", "", "0\0disp7")]
    [InlineData("tmpl", "uuid", "0\0uuid:00000007-0000-0000-ab00-000000000001")]
    [InlineData("dom0", "", "0\0disp7")]
    public async Task A_disposable_is_handed_out_by_name_or_uuid(string destination, string payload, string answer)
    {
        await using TestDaemon daemon = await StartAsync();
        IQube template = daemon.Qubes.Single(q => q.Name == "tmpl");
        daemon.Qubes.Host.Properties.Objects["default_dispvm"] = template;
        daemon.Disposables.AcquireAsync(new(template, daemon.Qubes.Host), Arg.Any<CancellationToken>())
            .Returns(new TestQube("disp7", 7, QubeClass.DispVM));
        Assert.Equal(answer, await daemon.CallAsync("admin.vm.CreateDisposable+", destination, payload));
    }

    [Theory]
    [InlineData("admin.vm.CreateDisposable+x", "tmpl", "", "PermissionDenied")]
    [InlineData("admin.vm.CreateDisposable+preload", "tmpl", "", "QubesNotImplementedError")]
    [InlineData("admin.vm.CreateDisposable+", "tmpl", "name", "ProtocolError")]
    [InlineData("admin.vm.CreateDisposable+", "dom0", "", "QubesException")]
    public async Task A_disposable_that_cannot_be_is_refused(string call, string destination, string payload, string wireClass)
    {
        await using TestDaemon daemon = await StartAsync();
        daemon.Qubes.Host.Properties.Objects["default_dispvm"] = null;
        Assert.StartsWith($"2\0{wireClass}\0\0", await daemon.CallAsync(call, destination, payload), StringComparison.Ordinal);
        await daemon.Disposables.DidNotReceiveWithAnyArgs().AcquireAsync(default!, default);
    }

    private static Task<TestDaemon> StartAsync()
    {
        var pool = Substitute.For<IStoragePool>();
        pool.Configuration.Returns(new PoolConfiguration("fast", "file", new Dictionary<string, string>()));
        return TestDaemon.StartAsync(d =>
        {
            d.Qubes.Add("tmpl", QubeClass.TemplateVM);
            d.Qubes.Pools.Add(pool);
        });
    }
}
