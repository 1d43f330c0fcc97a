using Qubes.Plugins.MemoryManager.Host;

namespace Qubes.Plugins.MemoryManager.Tests.Host;

public sealed class ProcMeminfoTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void The_kernels_own_file_is_understood()
    {
        var reading = new ProcMeminfo().Read();

        Assert.True(reading is { Total: > 0, Available: > 0 });
        Assert.True(reading.Value.Available <= reading.Value.Total);
    }

    [Theory]
    [InlineData("MemTotal: 10 kB\nMemFree: 3 kB\nMemAvailable: 4 kB\n", true)]
    [InlineData("MemTotal: 10 kB\n", false)]
    [InlineData("MemAvailable: 4 kB\n", false)]
    [InlineData("MemTotal: 10\nMemAvailable: 4 kB\n", false)]
    [InlineData("MemTotal: ten kB\nMemAvailable: 4 kB\n", false)]
    [InlineData("MemTotal: 99999999999999999999 kB\nMemAvailable: 4 kB\n", false)]
    [InlineData("MemTotal: 9223372036854775807 kB\nMemAvailable: 4 kB\n", false)]
    public void What_is_incomplete_or_malformed_is_nothing(string text, bool isWhole)
    {
        File.WriteAllText(path, text);

        Assert.Equal(isWhole ? new HostReading(10240, 4096) : null, new ProcMeminfo(path).Read());
    }

    [Fact]
    public void Where_there_is_no_such_file_nothing_can_be_said() => Assert.Null(new ProcMeminfo(path + "-missing").Read());
}
