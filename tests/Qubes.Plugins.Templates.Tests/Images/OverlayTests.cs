using Qubes.Plugins.Templates.Images;
using Qubes.Plugins.Templates.Tests.Kit;

namespace Qubes.Plugins.Templates.Tests.Images;

public sealed class OverlayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Tar_reads_owners_modes_and_parents()
    {
        Overlay.Write(
        [
            new OverlayText("etc/deep/file", "text"),
            new OverlayCopy("etc/program", OverlayEntry.ExecutableMode, _folder.Write("program", "x")),
            new OverlayLink("etc/link", "/usr/lib/x"),
            new OverlayFolder("home/user") { Owner = 1000 },
        ], _folder.File("overlay.tar"));

        var lines = (await Tool.RunAsync("tar", "--numeric-owner", "-tvf", _folder.File("overlay.tar")))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(
            [
                "drwxr-xr-x 0/0 etc", "drwxr-xr-x 0/0 etc/deep", "-rw-r--r-- 0/0 etc/deep/file", "-rwxr-xr-x 0/0 etc/program",
                "lrwxrwxrwx 0/0 etc/link -> /usr/lib/x", "drwxr-xr-x 0/0 home", "drwxr-xr-x 1000/1000 home/user",
            ],
            lines.Select(w => $"{w[0]} {w[1]} {string.Join(' ', w[5..])}"));
    }

    public void Dispose() => _folder.Dispose();
}
