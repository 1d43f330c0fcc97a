using Qubes.Agent.Identity;
using Qubes.Agent.Native;
using Qubes.Native;

namespace Qubes.Agent.Tests.Identity;

/// <summary>Only what any user may do: nothing here changes this machine.</summary>
public sealed class GeneratorTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("qubes-generator-");

    [Theory]
    [InlineData("/dev/random")]
    [InlineData("/dev/urandom")]
    public void The_kernels_devices_are_its_generator(string path) => Assert.True(new LinuxIdentitySystem([path], "").OpenGenerator());

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("/etc/passwd")]
    [InlineData("/")]
    [InlineData("/does/not/exist")]
    public void Nothing_else_is(string path) => Assert.False(new LinuxIdentitySystem([path], "").OpenGenerator());

    [Fact]
    public void A_file_or_a_pipe_in_its_place_is_refused_and_the_other_device_found()
    {
        var file = Path.Combine(directory.FullName, "random");
        File.WriteAllBytes(file, new byte[100]);
        var pipe = Path.Combine(directory.FullName, "pipe");
        using (var made = System.Diagnostics.Process.Start("mkfifo", [pipe]))
            made.WaitForExit();
        Assert.False(new LinuxIdentitySystem([file, pipe], "").OpenGenerator());
        Assert.True(new LinuxIdentitySystem([file, pipe, "/dev/urandom"], "").OpenGenerator());
    }

    [Fact]
    public void What_is_no_device_of_the_generator_takes_no_entropy_and_no_reseed()
    {
        var fd = Descriptors.Open("/dev/null", Descriptors.ReadOnly);
        Assert.False(Libc.TryAddEntropy(fd, new byte[64]));
        Assert.False(Libc.TryReseed(fd));
        Descriptors.Close(fd);
    }

    [Fact]
    public void Two_samples_differ()
    {
        byte[] first = new byte[32], second = new byte[32];
        Assert.True(Libc.TryDrawRandom(first));
        Assert.True(Libc.TryDrawRandom(second));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void The_clock_and_the_name_read_as_the_runtime_reads_them()
    {
        var before = (DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(Libc.Clock / 100)) - TimeProvider.System.GetUtcNow();
        Assert.InRange(before.TotalSeconds, -60, 1);
        Assert.Equal(Environment.MachineName, Libc.HostName.Split('.')[0]);
    }

    public void Dispose() => directory.Delete(true);
}
