using FsCheck;
using FsCheck.Fluent;

namespace Qubes.Plugins.Qrexec.Tests.Calls;

public sealed class HostileGuestTests
{
    [Fact]
    public void Whatever_a_guest_sends_its_host_and_others_go_on() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(50),
        Prop.ForAll((NonEmptyArray<byte> bytes, bool toLink) => SurvivesAsync(bytes.Get, toLink).GetAwaiter().GetResult()));

    [Fact]
    public async Task Channels_that_nobody_asked_for_are_closed_and_the_guest_goes_on()
    {
        await using TestHost host = await TestHost.StartAsync();
        for (int i = 0; i < 10_000; i++)
        {
            await using var channel = host.Guest.Link.Open(new(i % 3, 513 + i % 256));
            Assert.Equal(0, await channel.ReadAsync(new byte[1], CancellationToken.None));
        }
        Assert.Equal(0, (await host.CallAsync("u:exit 0")).Status);
    }

    private static async Task<bool> SurvivesAsync(byte[] bytes, bool toLink)
    {
        await using TestHost host = await TestHost.StartAsync();
        await using TestHost other = await TestHost.StartAsync();
        Assert.Equal(0, (await host.CallAsync("u:exit 0")).Status);
        if (toLink)
            host.Guest.Link.SendRaw(bytes);
        else
            await host.Guest.Control.WriteAsync(bytes, CancellationToken.None);
        return (await other.CallAsync("u:exit 3")).Status == 3;
    }
}
