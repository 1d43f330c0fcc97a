using Qubes.Plugins.Templates.Builds;
using Qubes.Plugins.Templates.Tests.Kit;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Templates.Tests.Builds;

public sealed class BuildLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_new_build_overwrites_the_log_and_controls_are_shown_as_text()
    {
        using (var first = Open())
            first.Write("an old line that is long");
        using (var second = Open())
            second.Write("new\u001b[2J");

        Assert.Equal("new?[2J\n", File.ReadAllText(Path("web")));
    }

    [Fact]
    public void A_log_does_not_grow_without_end()
    {
        using (var log = Open())
        {
            for (var i = 0; i < 30_000; i++)
                log.Write(new string('x', 200));
        }

        Assert.InRange(new FileInfo(Path("web")).Length, 4 << 20, (4 << 20) + 1000);
        Assert.EndsWith("(more was written; the log ends here)\n", File.ReadAllText(Path("web")));
    }

    [Fact]
    public void A_second_build_of_the_name_does_not_write_into_the_firsts_log()
    {
        using (var first = Open())
        using (var second = Open())
        {
            second.Write("second");
            first.Write("first");
        }

        Assert.Equal("first\n", File.ReadAllText(Path("web")));
    }

    public void Dispose() => _folder.Dispose();

    private BuildLog Open() => BuildLog.Open(new QubesPaths(_folder.Path, "/usr"), "web");

    private string Path(string name) => _folder.File($"var/log/qubes/template-{name}.log");
}
