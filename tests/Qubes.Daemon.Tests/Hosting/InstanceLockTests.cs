using Qubes.Daemon.Hosting;
using Qubes.Sdk.Errors;

namespace Qubes.Daemon.Tests.Hosting;

public sealed class InstanceLockTests : IDisposable
{
    private readonly TestRoot root = new();

    public InstanceLockTests() => Directory.CreateDirectory(root.Paths.Runtime);

    public void Dispose() => root.Dispose();

    [Fact]
    public void A_second_one_is_refused_with_the_holders_process()
    {
        using var first = InstanceLock.Take(root.Paths);
        var refusal = Assert.Throws<QubesException>(() => InstanceLock.Take(root.Paths));
        Assert.Contains($"(process {Environment.ProcessId}) works on {root.Paths.State}", refusal.Message);
    }

    [Fact]
    public void It_is_free_again_when_its_holder_is_done()
    {
        InstanceLock.Take(root.Paths).Dispose();
        InstanceLock.Take(root.Paths).Dispose();
    }

    [Fact]
    public void What_an_earlier_daemon_left_does_not_matter()
    {
        root.Write("run/qubes/qubesd.lock", "anything");
        root.Write("run/qubes/qubesd.pid", "1\n");
        using (InstanceLock.Take(root.Paths))
            Assert.Contains($"(process {Environment.ProcessId})", Assert.Throws<QubesException>(() => InstanceLock.Take(root.Paths)).Message);
    }

    [Fact]
    public void A_holder_whose_process_id_is_not_known_is_told_without_it()
    {
        using var first = InstanceLock.Take(root.Paths);
        root.Write("run/qubes/qubesd.pid", "");
        Assert.StartsWith("another qubesd works on ", Assert.Throws<QubesException>(() => InstanceLock.Take(root.Paths)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_roots_do_not_disturb_each_other()
    {
        using var other = new TestRoot();
        Directory.CreateDirectory(other.Paths.Runtime);
        using var one = InstanceLock.Take(root.Paths);
        using var two = InstanceLock.Take(other.Paths);
    }
}
