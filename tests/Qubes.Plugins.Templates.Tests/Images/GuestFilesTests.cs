using Qubes.Plugins.Templates.Caching;
using Qubes.Plugins.Templates.Images;
using Qubes.Plugins.Templates.Recipes;
using Qubes.Plugins.Templates.Tests.Kit;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Templates.Tests.Images;

public sealed class GuestFilesTests : IDisposable
{
    private static readonly Recipe _recipe = new("mine", "", "bookworm");

    private readonly TemporaryFolder _folder = new();
    private readonly GuestFiles _files;

    public GuestFilesTests()
    {
        _files = new GuestFiles(new QubesPaths("", _folder.Path));
        _folder.Write("lib/qubes/guest/qubes-agent", "agent");
        _folder.Write("lib/qubes/guest/qubes-guest-tools", "tools");
        _folder.Write("lib/qubes/guest/qrexec-client-vm", "client");
        _folder.Write("lib/qubes/guest/rpc/qubes.VMShell", "shell");
        _folder.Write("lib/qubes/guest/rpc-config/qubes.VMShell", "wait-for-session=0");
    }

    [Fact]
    public void Standard_services_are_executable_and_their_configuration_is_not()
    {
        var entries = _files.For(_recipe, []);

        Assert.Contains(new OverlayCopy("etc/qubes-rpc/qubes.VMShell", OverlayEntry.ExecutableMode, _folder.File("lib/qubes/guest/rpc/qubes.VMShell")), entries);
        Assert.Contains(new OverlayCopy("etc/qubes/rpc-config/qubes.VMShell", OverlayEntry.ReadableMode, _folder.File("lib/qubes/guest/rpc-config/qubes.VMShell")), entries);
        Assert.Contains(new OverlayText("etc/machine-id", ""), entries);
    }

    [Fact]
    public void Programs_that_call_services_find_the_client_at_both_its_paths_and_the_mark_of_a_qube()
    {
        var entries = _files.For(_recipe, []);

        Assert.Contains(new OverlayCopy("usr/bin/qrexec-client-vm", OverlayEntry.ExecutableMode, _folder.File("lib/qubes/guest/qrexec-client-vm")), entries);
        Assert.Contains(new OverlayLink("usr/lib/qubes/qrexec-client-vm", "../../bin/qrexec-client-vm"), entries);
        Assert.Contains(new OverlayLink("usr/lib/qubes/qubes-vmexec", "qubes-agent"), entries);
        Assert.Contains(new OverlayText("usr/share/qubes/marker-vm", ""), entries);
    }

    [Fact]
    public void Services_that_share_a_program_are_links_to_one_copy()
    {
        var program = _folder.Write("convert", "");
        GuestService Service(string name) => new(name, program, "/lib/convert", []);

        var entries = _files.For(_recipe, [Service("a.One"), Service("a.Two")]);

        Assert.Single(entries, new OverlayCopy("usr/lib/convert", OverlayEntry.ExecutableMode, program));
        Assert.Contains(new OverlayLink("etc/qubes-rpc/a.One", "/lib/convert"), entries);
        Assert.Contains(new OverlayLink("etc/qubes-rpc/a.Two", "/lib/convert"), entries);
    }

    [Fact]
    public void What_warms_up_is_linked_for_that()
    {
        var program = _folder.Write("convert", "");
        GuestService Service(string name) => new(name, program, "/lib/convert", []);

        var entries = _files.For(_recipe, [Service("a.One"), Service("a.Two") with { WarmsUp = true }]);

        Assert.Equal(
            [new OverlayLink("etc/qubes/warm-up.d/a.Two", "/lib/convert")],
            entries.OfType<OverlayLink>().Where(l => l.ToString().Contains("warm-up", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_service_that_is_installed_under_its_own_name_needs_no_link()
    {
        var program = _folder.Write("one", "");

        var entries = _files.For(_recipe, [new GuestService("a.One", program, "/etc/qubes-rpc/a.One", [])]);

        Assert.DoesNotContain(entries, e => e is OverlayLink && e.Path.EndsWith("a.One", StringComparison.Ordinal));
    }

    [Fact]
    public void Commands_and_parts_of_calls_are_links_to_one_program()
    {
        var entries = _files.For(_recipe, []);

        var program = _folder.File("lib/qubes/guest/qubes-guest-tools");
        Assert.Single(entries, new OverlayCopy("usr/lib/qubes/qubes-guest-tools", OverlayEntry.ExecutableMode, program));
        Assert.Contains(new OverlayLink("usr/bin/qvm-copy", "../lib/qubes/qubes-guest-tools"), entries);
        Assert.Contains(new OverlayLink("usr/lib/qubes/qfile-unpacker", "qubes-guest-tools"), entries);
        Assert.Contains(new OverlayLink("usr/lib/qubes/qubes-vmexec", "qubes-agent"), entries);
    }

    [Fact]
    public void A_missing_file_is_refused_by_name()
    {
        var recipe = _recipe with { Files = [new RecipeFile("/no/such/file", "/etc/x", OverlayEntry.ReadableMode)] };

        Assert.Contains("/no/such/file is missing", Assert.Throws<QubesException>(() => _files.For(recipe, [])).Message);
        File.Delete(_folder.File("lib/qubes/guest/qubes-guest-tools"));
        Assert.Contains("qubes-guest-tools is missing", Assert.Throws<QubesException>(() => _files.For(_recipe, [])).Message);
        File.Delete(_folder.File("lib/qubes/guest/qrexec-client-vm"));
        Assert.Contains("qrexec-client-vm is missing", Assert.Throws<QubesException>(() => _files.For(_recipe, [])).Message);
        File.Delete(_folder.File("lib/qubes/guest/qubes-agent"));
        Assert.Contains("qubes-agent is missing", Assert.Throws<QubesException>(() => _files.For(_recipe, [])).Message);
    }

    [Fact]
    public void The_key_follows_every_change_of_content_place_and_mode()
    {
        var file = _folder.Write("file", "one");
        var keys = new List<string>
        {
            Key(new OverlayCopy("a", OverlayEntry.ReadableMode, file)),
            Key(new OverlayCopy("b", OverlayEntry.ReadableMode, file)),
            Key(new OverlayCopy("a", OverlayEntry.ExecutableMode, file)),
            Key(new OverlayLink("a", "one")),
            Key(new OverlayText("a", "one")),
            Key(new OverlayFolder("a")),
            Key(new OverlayFolder("a") { Owner = 1000 }),
        };
        _folder.Write("file", "two");
        keys.Add(Key(new OverlayCopy("a", OverlayEntry.ReadableMode, file)));

        Assert.Equal(keys.Count, keys.Distinct().Count());
    }

    public void Dispose() => _folder.Dispose();

    private static string Key(OverlayEntry entry)
    {
        using var key = new CacheKey("test", 1);
        return Overlay.AddTo(key, [entry]).Finish();
    }
}
