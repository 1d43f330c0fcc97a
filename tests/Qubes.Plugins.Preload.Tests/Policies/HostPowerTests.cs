using Qubes.Plugins.Preload.Policies;
using Qubes.Sdk.Disposables;

namespace Qubes.Plugins.Preload.Tests.Policies;

public sealed class HostPowerTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("qubes-power-");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public void Where_nobody_can_say_there_is_power()
    {
        Assert.Equal(default, Read());
        Assert.Equal(default, new HostPowerReader("/does/not/exist").Read());
    }

    [Fact]
    public void A_battery_that_gives_power_is_told_with_what_is_left()
    {
        Supply("BAT0", ("type", "Battery"), ("status", "Discharging"), ("capacity", "42"));
        Supply("AC", ("type", "Mains"), ("online", "0"));
        Assert.Equal(new HostPower(IsOnBattery: true, 42), Read());
    }

    [Fact]
    public void Mains_count_more_than_what_a_battery_says()
    {
        Supply("BAT0", ("type", "Battery"), ("status", "Discharging"), ("capacity", "99"));
        Supply("AC", ("type", "Mains"), ("online", "1"));
        Assert.Equal(new HostPower(IsOnBattery: false, 99), Read());
    }

    [Fact]
    public void A_mouse_powers_no_host()
    {
        Supply("hid", ("type", "Battery"), ("scope", "Device"), ("status", "Discharging"), ("capacity", "3"));
        Assert.Equal(default, Read());
    }

    [Theory]
    [InlineData("101")]
    [InlineData("-1")]
    [InlineData("full")]
    [InlineData("")]
    public void What_is_no_percentage_is_not_known(string capacity)
    {
        Supply("BAT0", ("type", "Battery"), ("status", "Discharging"), ("capacity", capacity));
        Assert.Equal(new HostPower(IsOnBattery: true, null), Read());
    }

    private HostPower Read() => new HostPowerReader(directory.FullName).Read();

    private void Supply(string name, params (string Name, string Word)[] words)
    {
        var folder = directory.CreateSubdirectory(name);
        foreach (var (file, word) in words)
            File.WriteAllText(Path.Combine(folder.FullName, file), word + "\n");
    }
}
