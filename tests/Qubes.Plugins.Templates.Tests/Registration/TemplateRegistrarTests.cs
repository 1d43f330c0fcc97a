using Qubes.Plugins.Templates.Builds;
using Qubes.Plugins.Templates.Images;
using Qubes.Plugins.Templates.Kernels;
using Qubes.Plugins.Templates.Recipes;
using Qubes.Plugins.Templates.Registration;
using Qubes.Plugins.Templates.Tests.Kit;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Templates.Tests.Registration;

public sealed class TemplateRegistrarTests : IDisposable
{
    private static readonly BuildRequest _plain = new("r", null, WithDisposable: true, Force: false);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeQubes _qubes;
    private readonly KernelFolders _kernels;
    private readonly TemplateRegistrar _registrar;
    private readonly Recipe _recipe = new("r", "", "bookworm") { Memory = 700, Services = ["a.One", "a.Two"] };

    public TemplateRegistrarTests()
    {
        _qubes = new FakeQubes(_folder.File("pool"));
        var paths = new QubesPaths(_folder.Path, _folder.File("usr"));
        _folder.Write("usr/lib/qubes/guest/rpc/qubes.VMShell", "#!/bin/sh\n");
        _kernels = new KernelFolders(paths);
        _registrar = new TemplateRegistrar(_qubes, _kernels, new GuestFiles(paths));
    }

    [Fact]
    public async Task A_new_template_and_its_disposable_template_are_set_up()
    {
        Assert.Equal(("t", "t-dvm"), await RegisterAsync("t", "key1"));

        var (template, disposable) = (_qubes["t"], _qubes["t-dvm"]);
        Assert.Equal((QubeClass.TemplateVM, "black"), (template.Class, template.Properties.Explicit["label"]));
        Assert.Equal(700, template.Properties.Explicit["memory"]);
        Assert.Equal(Kernel("key1"), template.Properties.Explicit["kernel"]);
        Assert.Equal("user", template.Properties.Explicit["default_user"]);
        Assert.Equal(
            ["os=Linux", "qrexec=1", "supported-rpc.a.One=1", "supported-rpc.a.Two=1", "supported-rpc.qubes.VMShell=1", "template-build=key1",
                "template-recipe=r"],
            template.Features.Select(f => $"{f.Key}={f.Value}").Order(StringComparer.Ordinal));
        Assert.Equal((QubeClass.AppVM, "red", (IQube)template), (disposable.Class, disposable.Properties.Explicit["label"], disposable.Template));
        Assert.Equal(true, disposable.Properties.Explicit["template_for_dispvms"]);
        Assert.Null(disposable.Properties.Explicit["netvm"]);
        Assert.Null(disposable.Properties.Explicit["default_dispvm"]);
        Assert.Equal("image key1", await File.ReadAllTextAsync(_qubes.ImageOf("t", "root")));
        Assert.Equal("home", await File.ReadAllTextAsync(_qubes.ImageOf("t-dvm", "private")));
    }

    [Fact]
    public async Task The_first_one_becomes_the_systems_default_and_later_ones_do_not()
    {
        await RegisterAsync("t", "key1");
        await RegisterAsync("u", "key2");

        Assert.Same(_qubes["t"], _qubes.System.Explicit["default_template"]);
        Assert.Same(_qubes["t-dvm"], _qubes.System.Explicit["default_dispvm"]);
        Assert.Equal(Kernel("key1"), _qubes.System.Explicit["default_kernel"]);
    }

    [Fact]
    public async Task Without_a_disposable_template_there_is_none()
    {
        Assert.Equal(("t", ""), await RegisterAsync("t", "key1", _plain with { WithDisposable = false }));

        Assert.Equal(2, _qubes.Count);
        Assert.DoesNotContain("default_dispvm", _qubes.System.Explicit.Keys);
    }

    [Fact]
    public async Task A_rebuild_renews_image_kernel_and_services_and_keeps_what_was_set()
    {
        await RegisterAsync("t", "key1");
        _qubes["t"].Properties.Set(QubeProperties.Memory, 123);
        _qubes["t"].Features["mine"] = "1";
        _qubes.System.Set(SystemProperties.DefaultKernel, null);

        await RegisterAsync("t", "key2", recipe: _recipe with { Services = ["a.One"] });

        Assert.Equal("image key2", await File.ReadAllTextAsync(_qubes.ImageOf("t", "root")));
        Assert.Equal(Kernel("key2"), _qubes["t"].Properties.Explicit["kernel"]);
        Assert.Equal(123, _qubes["t"].Properties.Explicit["memory"]);
        Assert.Contains("mine", _qubes["t"].Features.Keys);
        Assert.DoesNotContain("supported-rpc.a.Two", _qubes["t"].Features.Keys);
    }

    [Fact]
    public async Task A_kernel_that_somebody_chose_stays()
    {
        await RegisterAsync("t", "key1");
        _qubes["t"].Properties.Set(QubeProperties.Kernel, "chosen");

        await RegisterAsync("t", "key2");

        Assert.Equal("chosen", _qubes["t"].Properties.Explicit["kernel"]);
    }

    [Fact]
    public async Task The_same_image_is_not_imported_again_unless_forced()
    {
        await RegisterAsync("t", "key1");
        await File.WriteAllTextAsync(_qubes.ImageOf("t", "root"), "used");

        await RegisterAsync("t", "key1");
        Assert.Equal("used", await File.ReadAllTextAsync(_qubes.ImageOf("t", "root")));

        await RegisterAsync("t", "key1", _plain with { Force = true });
        Assert.Equal("image key1", await File.ReadAllTextAsync(_qubes.ImageOf("t", "root")));
    }

    [Theory]
    [InlineData(PowerState.Running)]
    [InlineData(PowerState.Paused)]
    public async Task A_running_template_is_not_rebuilt(PowerState state)
    {
        await RegisterAsync("t", "key1");
        _qubes["t"].PowerState = state;

        await Assert.ThrowsAsync<QubeNotHaltedException>(() => RegisterAsync("t", "key2"));
        Assert.Equal("image key1", await File.ReadAllTextAsync(_qubes.ImageOf("t", "root")));
    }

    [Fact]
    public async Task A_template_of_another_origin_is_replaced_only_by_force()
    {
        _qubes.Add("t", QubeClass.TemplateVM);

        Assert.Contains("'force=yes' replaces", (await Assert.ThrowsAsync<QubeExistsException>(() => RegisterAsync("t", "key1"))).Message);
        await RegisterAsync("t", "key1", _plain with { Force = true });
    }

    [Fact]
    public async Task A_qube_of_another_kind_is_in_the_way()
    {
        _qubes.Add("t", QubeClass.StandaloneVM);
        _qubes.Add("u-dvm", QubeClass.StandaloneVM);

        await Assert.ThrowsAsync<QubeExistsException>(() => RegisterAsync("t", "key1", _plain with { Force = true }));
        Assert.Contains("'dvm=no'", (await Assert.ThrowsAsync<QubeExistsException>(() => RegisterAsync("u", "key1"))).Message);
    }

    [Fact]
    public async Task A_template_whose_image_cannot_be_imported_is_removed_again()
    {
        await Assert.ThrowsAnyAsync<IOException>(() => _registrar.RegisterAsync(
            "t", _recipe, _plain, new PreparedTemplate("key", "kernel", _folder.File("missing"), null), CancellationToken.None));

        Assert.Single(_qubes);
    }

    public void Dispose()
    {
        _registrar.Dispose();
        _folder.Dispose();
    }

    private async Task<(string, string)> RegisterAsync(string name, string key, BuildRequest? request = null, Recipe? recipe = null)
    {
        using var prepared = new PreparedTemplate(
            key, Kernel(key), _folder.Write("import/root.img", "image " + key), _folder.Write("import/private.img", "home"));
        return await _registrar.RegisterAsync(name, recipe ?? _recipe, request ?? _plain, prepared, CancellationToken.None);
    }

    private string Kernel(string content)
    {
        _folder.Write("kernel/vmlinuz", content);
        _folder.Write("kernel/initramfs", content);
        return _kernels.Install(_folder.File("kernel"), "6.1");
    }
}
