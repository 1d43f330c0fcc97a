using Qubes.Daemon.Hosting;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Daemon.Tests.Hosting;

public sealed class DirectoriesTests : IDisposable
{
    private readonly TestRoot root = new();

    public void Dispose() => root.Dispose();

    [Fact]
    public void Missing_ones_are_made_with_their_modes()
    {
        Directories.Prepare(root.Paths);
        Assert.Equal("0750", Mode(root.Paths.State));
        Assert.Equal("0750", Mode(root.Paths.Cache));
        Assert.Equal("0750", Mode(root.Paths.Logs));
        Assert.Equal("0755", Mode(root.Paths.Runtime));
    }

    [Fact]
    public void Existing_ones_stay_as_they_are()
    {
        Directory.CreateDirectory(root.Paths.State);
        File.SetUnixFileMode(root.Paths.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directories.Prepare(root.Paths);
        Assert.Equal("0700", Mode(root.Paths.State));
    }

    [Fact]
    public void One_that_cannot_be_made_is_named_with_a_way_out()
    {
        root.Write("var", "a file where a directory should be");
        var refusal = Assert.Throws<QubesException>(() => Directories.Prepare(root.Paths));
        Assert.Contains(root.Paths.State + " cannot be made", refusal.Message);
        Assert.Contains("QUBES_ROOT", refusal.Message);
    }

    [Fact]
    public void A_root_too_long_for_sockets_is_refused_before_anything_is_made()
    {
        var paths = new QubesPaths(root.Path + "/" + new string('x', 100), "/usr");
        Assert.Contains("too long for a socket", Assert.Throws<QubesException>(() => Directories.Prepare(paths)).Message);
        Assert.Empty(Directory.GetFileSystemEntries(root.Path));
    }

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8).PadLeft(4, '0');
}
