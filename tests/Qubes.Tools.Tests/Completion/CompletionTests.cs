using System.Text;
using Qubes.Tools.Applets;
using Qubes.Tools.Completion;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Completion;

public sealed class CompletionTests : BenchTests
{
    private async Task<string[]> CompleteAsync(string tool, params string[] words)
    {
        var output = new MemoryStream();
        await using var session = new Session(
            tool, new ToolConsole(Stream.Null, output, Stream.Null), Bench.Paths, TimeProvider.System);
        Assert.Equal(0, await Completer.RunAsync(AppletRegistry.Make(tool), words, session));
        return Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [Theory]
    [InlineData("qvm-prefs", "disp1,dom0,tmpl,vm0,vm1", "")]
    [InlineData("qvm-prefs", "vm0,vm1", "v")]
    [InlineData("qvm-prefs", "memory", "vm0", "m")]
    [InlineData("qvm-prefs", "memory,vcpus", "--hide-default", "vm0", "")]
    [InlineData("qvm-prefs", "", "vm0", "memory", "")]
    [InlineData("qubes-prefs", "default_netvm", "default_n")]
    [InlineData("qvm-start", "vm0,vm1", "--all", "--exclude", "vm")]
    [InlineData("qvm-start", "tmpl", "vm0", "--", "t")]
    [InlineData("qvm-start", "--exclude=vm0,--exclude=vm1", "--exclude=vm")]
    [InlineData("qvm-shutdown", "--timeout", "--ti")]
    [InlineData("qvm-shutdown", "", "--timeout", "")]
    [InlineData("qvm-volume", "config,import,info,list,resize,revert", "")]
    [InlineData("qvm-volume", "resize,revert", "re")]
    [InlineData("qvm-volume", "vm0:,vm1:", "info", "vm")]
    [InlineData("qvm-volume", "vm0:private,vm0:root", "extend", "vm0:")]
    [InlineData("qvm-volume", "ephemeral,revisions_to_keep,rw", "set", "vm0:root", "")]
    [InlineData("qvm-volume", "--all,--debug,--exclude,--full,--help,--pool,--quiet,--verbose,--version", "list", "--")]
    [InlineData("qvm-volume", ":files", "import", "vm0:root", "/etc/h")]
    [InlineData("qvm-pool", "fast", "info", "f")]
    [InlineData("qvm-create", "AppVM", "--class", "")]
    [InlineData("qvm-create", "red", "-l", "r")]
    [InlineData("qvm-features", "gui,service.cups", "vm0", "")]
    [InlineData("qvm-service", "cups", "vm0", "")]
    [InlineData("qvm-service", "off,on", "vm0", "cups", "")]
    [InlineData("qvm-tags", "one,two", "vm0", "del", "")]
    [InlineData("qvm-tags", "two", "vm0", "del", "one", "tw")]
    [InlineData("qvm-preload", "drain,history,refresh,simulate,status,trace", "")]
    [InlineData("qvm-preload", "dvm", "drain", "--undo", "d")]
    [InlineData("qvm-memory", "vm0,vm1", "vm")]
    [InlineData("qvm-memory-template", "build,discard,list", "")]
    [InlineData("qubes-policy", "apply,check-cases,eval,graph,lint,prompt", "")]
    [InlineData("qubes-policy", "dot,svg", "graph", "--format", "")]
    [InlineData("qubes-policy", "vm0,vm1", "eval", "--source", "vm")]
    [InlineData("qvm-ls", "disk", "--format", "d")]
    [InlineData("qvm-ls", "AppVM", "--class", "TemplateVM", "A")]
    [InlineData("qvm-ls", "--features", "--class", "AppVM", "--f", "--fea")]
    public async Task The_last_word_is_completed(string tool, string expected, params string[] words)
    {
        ServeList();
        Server.Ok("admin.vm.property.List+", "vm0", "vcpus\nmemory\n").Ok("admin.property.List+", "dom0", "default_netvm\nupdatevm\n");
        Server.Ok("admin.vm.volume.List+", "vm0", "root\nprivate\n").Ok("admin.pool.List+", "dom0", "fast\nslow\n");
        Server.Ok("admin.vmclass.List+", "dom0", "AppVM\n").Ok("admin.label.List+", "dom0", "red\nblue\n");
        Server.Ok("admin.vm.feature.List+", "vm0", "gui\nservice.cups\n").Ok("admin.vm.tag.List+", "vm0", "one\ntwo\n");
        Server.Ok("admin.preload.Status+", "dom0",
            """{"template":"dvm","state":"off","policy":"static","max":0,"target":0,"target_reason":"","ready":0,"starting":0}""");
        Assert.Equal(expected.Split(',', StringSplitOptions.RemoveEmptyEntries), (await CompleteAsync(tool, words)).Order());
    }

    [Fact]
    public async Task Without_a_daemon_there_are_no_names_and_no_messages() => Assert.Empty(await CompleteAsync("qvm-start", ""));

    [Fact]
    public async Task A_refusal_is_no_candidate()
    {
        Server.Refuse("admin.vm.List+", "dom0", "PermissionDenied", "Access denied");
        Assert.Empty(await CompleteAsync("qvm-start", ""));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    public void A_script_serves_every_tool(string shell) =>
        Assert.All(AppletRegistry.Names, name => Assert.Contains(" " + name, ShellScripts.For(shell)));
}
