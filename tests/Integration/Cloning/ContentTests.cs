using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Cloning;

/// <summary>What copies find when they begin, what they leave to each other, and what is left when they are gone.</summary>
[Collection(RealMachines.Name)]
public sealed class ContentTests(DisposableHost host) : IAsyncLifetime
{
    private const string Template = "content-dvm";
    private const string Everywhere = "/marker /rw/marker /tmp/marker /run/marker";
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("QUBES_CLONES") ?? "10");

    // Not synced: the last bytes before the machine is frozen are in its caches only.
    private static readonly GuestScript Recipe = new("test.Write", "for f in /frozen /rw/frozen /tmp/frozen; do head -c 3000000 /dev/zero | tr '\\0' x >$f; done", AsRoot: true);

    private static readonly GuestScript Stay = new("test.Mark", $"for f in {Everywhere}; do echo secret >$f; done; sync; echo marked; exec cat", AsRoot: true);

    private readonly ClonedQubes qubes = new(host.Daemon);

    private Daemon Daemon => host.Daemon;

    public async Task InitializeAsync()
    {
        await qubes.AddAsync(Template, [Recipe, Stay], ("disposable-clone-recipe", Recipe.Name));
        await Daemon.FreezeAsync(Template);
    }

    public Task DisposeAsync() => qubes.RemoveAsync(Template);

    [Fact]
    public async Task What_was_written_just_before_is_in_every_copy()
    {
        const string sums = "cat /proc/cmdline | grep -c qubes.name=disposable; for f in /frozen /rw/frozen /tmp/frozen; do tr -d x <$f | wc -c; wc -c <$f; done; dmesg | grep -ci 'ext4.*error'";

        var first = await qubes.RunAsRootAsync(Template, sums + "; true");

        Assert.Equal("1\n0\n3000000\n0\n3000000\n0\n3000000\n0\n", first);
        Assert.Equal(first, await qubes.RunAsRootAsync(Template, sums + "; true"));
    }

    [Fact]
    public async Task What_one_copy_writes_is_in_no_other_and_not_in_the_template()
    {
        const string look = $"ls {Everywhere} 2>/dev/null | wc -l; grep -o 'qubes.name=[^ ]*' /proc/cmdline";
        using var sibling = qubes.Call(Template, Stay.Name);
        Assert.Equal("marked", await sibling.StandardOutput.ReadLineAsync());

        Assert.Equal("0\n" + MemoryTemplates.Copied, await qubes.RunAsync(Template, look));
        sibling.StandardInput.Close();
        await sibling.WaitForExitAsync();
        Assert.Equal("0\n" + MemoryTemplates.Copied, await qubes.RunAsync(Template, look));
        (await Daemon.RunAsync("qvm-features", Template, "disposable-clone", "0")).Succeeded();
        Assert.Matches("^0\nqubes.name=disp[0-9]+\n$", await qubes.RunAsync(Template, look));
    }

    [Fact]
    public async Task Copies_that_are_gone_leave_nothing()
    {
        Assert.True(await Daemon.IsCopiedAsync(Template), Daemon.Log());
        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
        var before = await Footprint.OfAsync(Daemon);

        await Parallel.ForEachAsync(
            Enumerable.Range(0, Count),
            new ParallelOptions { MaxDegreeOfParallelism = 2 },
            async (_, _) => Assert.Equal(MemoryTemplates.Copied, await qubes.RunAsync(Template, MemoryTemplates.BootedAs)));

        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
        // What waits for the next requests is made anew behind the last one.
        await ClonedQubes.UntilAsync(() => Footprint.OfAsync(Daemon), now => now == before);
    }
}
