using System.Diagnostics;
using System.Globalization;
using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Cloning;

/// <summary>Copies of one machine that are all alive at the same time; <c>QUBES_CLONES</c> says how many.</summary>
[Collection(RealMachines.Name)]
public sealed class UniquenessTests(DisposableHost host) : IAsyncLifetime
{
    private const string Template = "unique-dvm";
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("QUBES_CLONES") ?? "6");

    // The generator is the first thing that it asks for, and nobody else has asked this copy for anything. Then it stays.
    private static readonly GuestScript First = new("test.First", """
        entropy=$(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
        uuid=$(uuidgen 2>/dev/null || cat /proc/sys/kernel/random/uuid)
        echo "$entropy $uuid $(mktemp -u XXXXXXXXXXXXXXXX) $(cat /etc/machine-id) $(cat /proc/sys/kernel/random/boot_id)" \
            "$(cat /proc/sys/kernel/hostname) $(date +%s) $(grep -o 'qubes.name=[^ ]*' /proc/cmdline)"
        exec cat
        """);

    private readonly ClonedQubes qubes = new(host.Daemon);

    public async Task InitializeAsync()
    {
        await qubes.AddAsync(Template, [First]);
        await host.Daemon.FreezeAsync(Template);
    }

    public Task DisposeAsync() => qubes.RemoveAsync(Template);

    [Fact]
    public async Task Copies_that_start_together_have_nothing_secret_in_common_and_know_who_and_when_they_are()
    {
        var begin = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var calls = Enumerable.Range(0, Count).Select(_ => qubes.Call(Template, First.Name)).ToList();
        try
        {
            var lines = await Task.WhenAll(calls.Select(FirstLineAsync)).WaitAsync(TimeSpan.FromSeconds(60 + (5 * Count)));
            var end = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            var alive = await qubes.DisposablesAsync("Running");
            var words = lines.Select(l => l.Split(' ')).ToList();

            Assert.All(words, w => Assert.Equal(MemoryTemplates.Copied.TrimEnd(), w[7]));
            foreach (var (column, shape) in ((int, string)[])[(0, "^[0-9a-f]{64}$"), (1, "^[0-9a-f-]{36}$"), (2, "^[A-Za-z0-9]{16}$"), (3, "^[0-9a-f]{32}$"), (4, "^[0-9a-f-]{36}$")])
            {
                Assert.All(words, w => Assert.Matches(shape, w[column]));
                Assert.Equal(Count, words.Select(w => w[column]).Distinct().Count());
            }
            // Each is who the host says it is, and they are all alive.
            Assert.Equal(alive.Order(), words.Select(w => w[5]).Order());
            Assert.Equal(Count, alive.Count);
            Assert.All(words, w => Assert.InRange(long.Parse(w[6], CultureInfo.InvariantCulture), begin - 2, end + 2));
        }
        finally
        {
            foreach (var call in calls)
            {
                call.StandardInput.Close();
                await call.WaitForExitAsync();
                call.Dispose();
            }
        }
    }

    private static async Task<string> FirstLineAsync(Process call) =>
        await call.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await call.StandardError.ReadToEndAsync());
}
