using Qubes.Integration.Tests.Harness;

namespace Qubes.Integration.Tests.Tools;

public sealed class SettingsTests(SimulatedDaemon host) : SimulatedHost(host)
{
    [Fact]
    public async Task A_property_is_set_listed_and_reset()
    {
        Assert.Equal("400\n", await OkAsync("qvm-prefs", "work", "memory"));
        await OkAsync("qvm-prefs", "-s", "work", "memory", "512");
        Assert.Equal("512\n", await OkAsync("qvm-prefs", "-g", "work", "memory"));
        Assert.Contains("memory", await OkAsync("qvm-prefs", "--hide-default", "work"));
        await OkAsync("qvm-prefs", "-D", "work", "memory");
        Assert.Equal("400\n", await OkAsync("qvm-prefs", "work", "memory"));
        Assert.DoesNotContain("memory", await OkAsync("qvm-prefs", "--hide-default", "work"));
        Assert.Contains("memory  ", await OkAsync("qvm-prefs", "--help-properties", "work"));
    }

    [Fact]
    public async Task None_takes_a_network_away()
    {
        await OkAsync("qvm-create", "-t", "tmpl", "-l", "green", "--prop", "provides_network=True", "net");
        await OkAsync("qvm-prefs", "work", "netvm", "net");
        Assert.Equal(
            "NAME    NETVM\ndom0    -\nnet     -\n└─work  net\ntmpl    -\n", await OkAsync("qvm-ls", "--tree", "-O", "name,netvm"));
        Assert.Equal("work\n", await OkAsync("qvm-ls", "--raw-list", "--netvm-is", "net"));
        await OkAsync("qvm-check", "-q", "--networked", "work");
        await OkAsync("qvm-prefs", "work", "netvm", "None");
        Assert.Equal("", await OkAsync("qvm-ls", "--raw-list", "--netvm-is", "net"));
    }

    [Fact]
    public async Task Features_services_tags_and_notes_stay()
    {
        await OkAsync("qvm-service", "work", "cups", "on");
        await OkAsync("qvm-service", "-d", "work", "crond");
        Assert.Equal("cups   on\ncrond  off\n", await OkAsync("qvm-service", "work"));
        await OkAsync("qvm-service", "-D", "work", "crond");
        Assert.Equal("service.cups  1\n", await OkAsync("qvm-features", "work"));
        await OkAsync("qvm-tags", "work", "add", "one", "two");
        Assert.Equal("work\n", await OkAsync("qvm-ls", "--raw-list", "--tags", "one"));
        await OkAsync("qvm-tags", "work", "del", "one", "one");
        Assert.Equal((1, ""), await FailAsync("qvm-tags", "work", "query", "one"));
        await OkAsync("qvm-notes", "work", "--append", "first");
        await OkAsync("qvm-notes", "work", "--append", "second");
        Assert.Equal("first\nsecond\n", await OkAsync("qvm-notes", "-p", "work"));
    }

    [Theory]
    [InlineData(2, "qvm-prefs: error: no such domain: 'nosuch'\n", "qvm-prefs", "nosuch", "memory")]
    [InlineData(2, "qvm-prefs: error: no such property: 'frob'\n", "qvm-prefs", "work", "frob")]
    [InlineData(2, "qvm-create: error: no such label: 'mauve'; available labels: red, orange, yellow, green, gray, blue, purple, black\n", "qvm-create", "-l", "mauve", "x")]
    [InlineData(1, "qvm-check: error: no such domain: 'nosuch'\n", "qvm-check", "nosuch")]
    [InlineData(2, "qvm-pool: error: no such pool: 'nosuch'; one of: varlibqubes, linux-kernel\n", "qvm-pool", "info", "nosuch")]
    public async Task Wrong_input_is_one_line_and_a_status(int code, string error, string tool, params string[] arguments) =>
        Assert.Equal((code, error), await FailAsync(tool, arguments));

    [Fact]
    public async Task Shells_complete_with_names_of_the_daemon()
    {
        Assert.Equal("work\n", await OkAsync("qubes-tools", "--complete", "qvm-prefs", "w"));
        Assert.Equal("memory\n", await OkAsync("qubes-tools", "--complete", "qvm-prefs", "work", "memo"));
        Assert.Equal("work:private\n", await OkAsync("qubes-tools", "--complete", "qvm-volume", "info", "work:p"));
    }
}
