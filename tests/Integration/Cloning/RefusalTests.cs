using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Cloning;

/// <summary>Guests that cannot be made unlike their siblings: nobody gets a copy of them, and whoever asks gets one that booted.</summary>
[Collection(RealMachines.Name)]
public sealed class RefusalTests(DisposableHost host) : IAsyncLifetime
{
    private const string Template = "refused-dvm";
    private const string Recipe = "test.Break";

    // The image has no program for it.
    private const string Mount = """
        mount() { perl -e 'my ($type, $target) = @ARGV; syscall(165, $type, $target, $type, 0, 0) == 0 or die $!' $1 $2; }

        """;

    private const string CoverLate = """
        cat >/tmp/cover <<'PERL'
        use constant ID => "/proc/sys/kernel/random/boot_id";
        my ($type, $target, $mine) = ("tmpfs", "/proc/sys/kernel/random", (stat ID)[0]);
        open my $watching, ">", "/tmp/watching";
        1 while (stat ID)[0] == $mine;
        select undef, undef, undef, 0.001;
        syscall(165, $type, $target, $type, 0, 0);
        PERL
        setsid perl /tmp/cover </dev/null >/dev/null 2>&1 &
        until [ -e /tmp/watching ]; do :; done
        """;

    private readonly ClonedQubes qubes = new(host.Daemon);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => qubes.RemoveAsync(Template);

    /// <summary>
    /// What a service of the recipe does as root, before the machine is frozen; and who finds out: the sealing, or the first copy. Two of
    /// them differ from others in little; <c>QUBES_CLONES</c>, whatever it is, has them run, too.
    /// </summary>
    public static TheoryData<string, string, string> Defects
    {
        get
        {
            var defects = new TheoryData<string, string, string>
            {
                { "the generator's devices are files", "rm /dev/random /dev/urandom; echo x >/dev/random; echo x >/dev/urandom", "failed" },
                { "what replaces the boot id is covered itself when the guest is sealed", CoverLate, "refused" },
            };
            if (Environment.GetEnvironmentVariable("QUBES_CLONES") is not null)
            {
                defects.Add("there is no generator", "rm /dev/random /dev/urandom", "failed");
                defects.Add("the boot id cannot be replaced", "mount tmpfs /proc/sys/kernel/random", "failed");
            }
            return defects;
        }
    }

    [Theory]
    [MemberData(nameof(Defects))]
    public async Task Nobody_gets_a_copy(string what, string script, string state)
    {
        Assert.NotEmpty(what);
        await qubes.AddAsync(Template, [new(Recipe, Mount + script, AsRoot: true)], ("disposable-clone-recipe", Recipe));
        (await host.Daemon.RunAsync("qvm-prefs", Template, "qrexec_timeout", "10")).Succeeded();

        var answer = await host.Daemon.TryFreezeAsync(Template);

        Assert.StartsWith("2\0", answer, StringComparison.Ordinal);
        Assert.Equal(state, await qubes.StateOfAsync(Template));
        Assert.Empty(await Traces.OfDisposablesAsync(host.Daemon));
        Assert.Empty(host.Daemon.Machines());
        Assert.False(await host.Daemon.IsCopiedAsync(Template));
    }
}
