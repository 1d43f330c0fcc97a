using System.Diagnostics;
using Qubes.Qrexec.Rpc;

namespace Qubes.Qrexec.Tests.Rpc;

public sealed class FileTrustTests : IDisposable
{
    private const UnixFileMode Ours = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Everybodys = Ours | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("trust");

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public void A_file_that_only_its_owner_can_change_is_trusted_although_the_way_leads_through_a_sticky_directory() =>
        Assert.Null(FileTrust.Distrust(NewFile("service")));

    [Theory]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_file_that_others_can_write_is_not(UnixFileMode more)
    {
        string file = NewFile("service");
        File.SetUnixFileMode(file, Ours | more);
        Assert.Contains("others can write to " + file, FileTrust.Distrust(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_directory_that_others_can_write_spoils_what_is_in_it(UnixFileMode more)
    {
        string file = NewFile("open/inner/service");
        File.SetUnixFileMode(root.FullName + "/open", Ours | more);
        Assert.Contains("others can write to", FileTrust.Distrust(file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sticky_directory_spoils_the_files_in_it_but_not_the_directories()
    {
        string file = NewFile("sticky/service");
        string deeper = NewFile("sticky/inner/service");
        File.SetUnixFileMode(root.FullName + "/sticky", Everybodys | UnixFileMode.StickyBit);
        Assert.Contains("others may put files into", FileTrust.Distrust(file), StringComparison.Ordinal);
        Assert.Null(FileTrust.Distrust(deeper));
    }

    [Fact]
    public void A_link_is_followed_to_its_end()
    {
        string good = NewFile("real/good");
        string bad = NewFile("bad/service");
        File.SetUnixFileMode(root.FullName + "/bad", Everybodys);
        File.CreateSymbolicLink(root.FullName + "/to-good", "real/../real/good");
        File.CreateSymbolicLink(root.FullName + "/to-bad", bad);
        File.CreateSymbolicLink(root.FullName + "/round", "round");
        File.CreateSymbolicLink(root.FullName + "/nowhere", good + "-not");
        Assert.Null(FileTrust.Distrust(root.FullName + "/to-good"));
        Assert.NotNull(FileTrust.Distrust(root.FullName + "/to-bad"));
        Assert.Contains("too many links", FileTrust.Distrust(root.FullName + "/round"), StringComparison.Ordinal);
        Assert.Contains("cannot be looked at", FileTrust.Distrust(root.FullName + "/nowhere"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_a_TCP_port_has_no_end_to_look_at()
    {
        File.CreateSymbolicLink(root.FullName + "/tcp", "/dev/tcp/127.0.0.1/1");
        Assert.Null(FileTrust.Distrust(root.FullName + "/tcp"));
    }

    [Fact]
    public void A_file_of_another_user_is_not_trusted()
    {
        if (!Environment.IsPrivilegedProcess)
            return; // only root can give files away
        string file = NewFile("service");
        using (Process chown = Process.Start("chown", ["12345", file]))
            chown.WaitForExit();
        Assert.Contains("belongs to user 12345", FileTrust.Distrust(file), StringComparison.Ordinal);
    }

    private string NewFile(string name)
    {
        string path = Path.Combine(root.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, Ours);
        File.WriteAllText(path, "");
        File.SetUnixFileMode(path, Ours);
        return path;
    }
}
