using System.Text.Json;
using Qubes.Integration.Tests.Admin;
using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Cloning;

/// <summary>Copies that ran before they were anybody's: on a daemon of its own, since the shared one keeps no reserve.</summary>
[Collection(RealMachines.Name)]
public sealed class RehearsedReserveTests : IAsyncLifetime
{
    private const string Template = DisposableHost.Template + "-dvm";
    private const int Reserve = 2;
    private const string WhoAmI =
        "echo $(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n') $(cat /etc/machine-id /proc/sys/kernel/random/boot_id /proc/sys/kernel/hostname); "
        + MemoryTemplates.BootedAs;

    private Daemon daemon = null!;

    public async Task InitializeAsync()
    {
        daemon = await Daemon.StartConfiguredAsync($"[Cloning]\nbuild=manual\nreserve={Reserve}\n");
        (await daemon.RunAsync("qvm-template-build", DisposableHost.Template)).Succeeded();
        await daemon.FreezeAsync(Template);
    }

    public async Task DisposeAsync() => await daemon.DisposeAsync();

    [Fact]
    public async Task They_are_unlike_each_other_and_who_the_host_says_they_are_and_end_with_their_use()
    {
        List<string[]> copies = [];
        for (var i = 0; i < 2 * Reserve; i++)
        {
            if (i % Reserve == 0)
                await ClonedQubes.UntilAsync(ReserveAsync, count => count == Reserve);
            var lines = (await daemon.RunAsync("qvm-run", "-p", "--dispvm=" + Template, WhoAmI)).Succeeded().Text.Split('\n');
            Assert.Equal(MemoryTemplates.Copied.TrimEnd(), lines[1]);
            copies.Add(lines[0].Split(' '));
        }

        foreach (var column in Enumerable.Range(0, 4))
            Assert.Equal(copies.Count, copies.Select(c => c[column]).Distinct().Count());
        Assert.All(copies, c => Assert.Matches("^disp[0-9]+$", c[3]));
        Assert.DoesNotContain("did not rehearse", daemon.Log(), StringComparison.Ordinal);
        Assert.Empty(await Traces.OfDisposablesAsync(daemon));
        await ClonedQubes.UntilAsync(ReserveAsync, count => count == Reserve);
        Assert.Equal(Reserve, daemon.Machines().Count);
    }

    private async Task<int> ReserveAsync() =>
        JsonDocument.Parse((await daemon.AskAsync("admin.memorytemplate.Status", Template))[2..]).RootElement.GetProperty("reserve").GetInt32();
}
