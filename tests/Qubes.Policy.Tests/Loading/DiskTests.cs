using System.Diagnostics;
using Qubes.Policy.Loading;

namespace Qubes.Policy.Tests.Loading;

public sealed class DiskTests : IDisposable
{
    private const string Rule = "a.Svc * a b allow\n";

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("pol");
    private readonly PolicyDirectories directories;

    public DiskTests()
    {
        directories = PolicyDirectories.Below(root.FullName);
        Directory.CreateDirectory(directories.Fixed);
        Directory.CreateDirectory(directories.Runtime);
    }

    [Fact]
    public void Links_to_files_are_followed_and_everything_else_is_skipped()
    {
        File.WriteAllText(Fixed("real"), Rule);
        File.CreateSymbolicLink(Fixed("10-link.policy"), "real");
        File.CreateSymbolicLink(Fixed("20-dangling.policy"), "gone");
        Directory.CreateDirectory(Fixed("30-directory.policy"));
        Run("mkfifo", Fixed("40-pipe.policy"));

        Assert.Equal(Fixed("10-link.policy"), Assert.Single(Load(out _).Rules).Location.File);
    }

    [Fact]
    public void An_include_of_a_pipe_is_refused_and_not_waited_for()
    {
        Run("mkfifo", Fixed("pipe"));
        File.WriteAllText(Fixed("10-a.policy"), "!include pipe\n");

        Assert.Throws<PolicyLoadException>(() => Load(out _));
    }

    [Fact]
    public void A_circle_through_links_is_refused()
    {
        File.WriteAllText(Fixed("10-a.policy"), "!include link\n");
        File.CreateSymbolicLink(Fixed("link"), "10-a.policy");

        Assert.Throws<PolicyLoadException>(() => Load(out _));
    }

    [Fact]
    public void A_file_that_may_not_be_read_makes_the_policy_unusable()
    {
        File.WriteAllText(Fixed("10-a.policy"), Rule);
        File.SetUnixFileMode(Fixed("10-a.policy"), UnixFileMode.None);
        // Root reads it all the same.
        if (Environment.IsPrivilegedProcess)
            Assert.Single(Load(out _).Rules);
        else
            Assert.Throws<PolicyLoadException>(() => Load(out _));
    }

    public static TheoryData<string> Changes => ["write", "rename over", "add", "delete", "include", "touch link", "runtime", "legacy", "same size", "dangling link"];

    [Theory]
    [MemberData(nameof(Changes))]
    public void Every_change_of_what_was_read_shows_in_the_stamp(string change)
    {
        Directory.CreateDirectory(directories.Legacy);
        File.WriteAllText(Fixed("10-a.policy"), Rule + "!include included\n!include linked\n!compat-4.0\n");
        File.WriteAllText(Fixed("included"), Rule);
        File.WriteAllText(Fixed("real"), Rule);
        File.CreateSymbolicLink(Fixed("linked"), "real");
        File.CreateSymbolicLink(Fixed("20-dangling.policy"), root.FullName + "/elsewhere");
        Load(out var stamp);
        Assert.True(stamp.IsCurrent());

        switch (change)
        {
            case "write":
                File.AppendAllText(Fixed("10-a.policy"), Rule);
                break;
            case "rename over":
                File.WriteAllText(Fixed("new"), File.ReadAllText(Fixed("10-a.policy")));
                File.Move(Fixed("new"), Fixed("10-a.policy"), overwrite: true);
                break;
            case "add":
                File.WriteAllText(Fixed("20-b.policy"), Rule);
                break;
            case "delete":
                File.Delete(Fixed("10-a.policy"));
                break;
            case "include":
                File.AppendAllText(Fixed("included"), Rule);
                break;
            case "touch link":
                File.AppendAllText(Fixed("real"), Rule);
                break;
            case "runtime":
                File.WriteAllText(directories.Runtime + "/10-a.policy", Rule);
                break;
            case "dangling link":
                File.WriteAllText(root.FullName + "/elsewhere", Rule);
                break;
            case "legacy":
                File.WriteAllText(directories.Legacy + "/b.Svc", "a b allow");
                break;
            default:
                // A change within a tick of the clock may leave the stamp as it is: such a stamp is not settled.
                File.WriteAllText(Fixed("included"), Rule.Replace("allow", "askk!"));
                Assert.True(!stamp.IsCurrent() || !stamp.IsSettled(TimeProvider.System.GetUtcNow()));
                return;
        }
        Assert.False(stamp.IsCurrent());
    }

    [Fact]
    public void A_file_that_was_missing_counts_as_read()
    {
        File.WriteAllText(Fixed("10-a.policy"), "!include missing\n");
        var files = new DiskPolicyFiles();
        Assert.Throws<PolicyLoadException>(() => PolicyLoader.Load(directories, files));
        Assert.True(files.Stamp.IsCurrent());

        File.WriteAllText(Fixed("missing"), Rule);

        Assert.False(files.Stamp.IsCurrent());
    }

    [Fact]
    public void A_policy_that_changed_just_now_is_not_settled_and_an_old_one_is()
    {
        File.WriteAllText(Fixed("10-a.policy"), Rule);
        Load(out var stamp);
        var now = TimeProvider.System.GetUtcNow();

        Assert.False(stamp.IsSettled(now.AddSeconds(-10)));
        Assert.True(stamp.IsSettled(now.AddSeconds(10)));
    }

    public void Dispose() => root.Delete(recursive: true);

    private string Fixed(string name) => Path.Combine(directories.Fixed, name);

    private LoadedPolicy Load(out PolicyStamp stamp)
    {
        var files = new DiskPolicyFiles();
        var policy = PolicyLoader.Load(directories, files);
        stamp = files.Stamp;
        return policy;
    }

    private static void Run(string program, string argument)
    {
        using var process = Process.Start(program, [argument]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
