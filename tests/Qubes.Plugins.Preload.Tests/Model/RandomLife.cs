using Qubes.Plugins.Preload.Freshness;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.Preload.Tests.Model;

/// <summary>
/// Things happen to a system that preloads, many at a time; what must always hold is checked in every turn in which
/// something is told, and what must hold in the end when everything has come to rest.
/// </summary>
internal sealed partial class RandomLife : IAsyncDisposable
{
    // On a busy machine things may still be under way after the first.
    private const int LongestRests = 3;
    private static readonly string[] Templates = ["dvm", "dvm2"];
    private readonly HashSet<Guid> handedOut = [];
    private readonly List<IQube> inUse = [];
    private readonly List<Task> underWay = [];
    private readonly List<string> wrongs = [];
    private PreloadKernel kernel;

    private RandomLife(PreloadKernel kernel) => this.kernel = kernel;

    /// <summary>Of all requests, how many got a preload.</summary>
    public int PreloadsHandedOut { get; private set; }

    private PreloadWorld World => kernel.World;

    public static async Task<RandomLife> BeginAsync()
    {
        var life = new RandomLife(await PreloadKernel.StartAsync());
        await life.WatchAsync();
        return life;
    }

    /// <summary>What went wrong; null: nothing.</summary>
    public async Task<string?> RunAsync(IReadOnlyList<Step> steps)
    {
        foreach (var (i, step) in steps.Index())
        {
            await DoAsync(step.Kind, new Random(step.Seed));
            if (step.Seed % 2 == 0)
                await kernel.SettleAsync();
            wrongs.AddRange(kernel.TakeFaults());
            if (wrongs.Count > 0)
                return $"after step {i}: {string.Join("; ", wrongs)}";
        }
        await RestAsync();
        wrongs.AddRange(kernel.TakeFaults());
        return wrongs.Count > 0 ? $"at rest: {string.Join("; ", wrongs)}" : null;
    }

    public async ValueTask DisposeAsync() => await kernel.DisposeAsync();

    private Task WatchAsync() => kernel.OnLoop(() =>
    {
        kernel.Bus.Subscribe<FeatureSet>(e =>
        {
            if (e.Feature == "preload-dispvm" && e.Value.Length > (e.OldValue?.Length ?? 0))
                Check(kernel.QueueOf(e.Qube.Name).Length <= kernel.LongestQueueOf(e.Qube), $"the queue of {e.Qube.Name} is too long: {e.Value}");
        });
        kernel.Bus.Subscribe<PropertyReset>(e =>
        {
            if (e.Name == "is_preload" && e.Subject is { } qube && kernel.Lives.TryFind(qube, out var preload)
                && preload.Stage == PreloadStage.Requested)
                Check(OutdatedTest.ClassOf(preload) != FreshnessClass.Discard, $"{qube.Name} was requested although {OutdatedTest.Reason(preload)}");
        });
    });

    // What a request gets is judged in the turn in which it gets it.
    private void Judge(IQube got, string template)
    {
        Check(handedOut.Add(got.Uuid), $"{got.Name} was handed out twice");
        Check(got.Template!.Name == template, $"{got.Name} is of the wrong template");
        var isPreloaded = got.Features.ContainsKey("preload-dispvm-completed");
        if (isPreloaded)
            PreloadsHandedOut++;
        Check(got.PowerState == (isPreloaded ? PowerState.Running : PowerState.Halted), $"{got.Name} is handed out {got.PowerState}");
        Check(!isPreloaded || got.Properties.Read("label").Text == got.Template.Properties.Read("label").Text, $"{got.Name} has an old label");
        Check(!got.Features.ContainsKey("internal"), $"{got.Name} is handed out hidden");
        Check(!kernel.Preloads.IsPreload(got), $"{got.Name} is handed out and still counts as a preload");
        Check(!kernel.QueueOf(template).Contains(got.Name), $"{got.Name} is handed out and still queued");
        inUse.Add(got);
    }

    // Whatever was broken works again, and nobody asks any more.
    private async Task RestAsync()
    {
        Repair();
        await kernel.OnLoop(() =>
        {
            foreach (var name in Templates)
                kernel.Qubes.Find(name).Properties.Set(QubeProperties.TemplateForDispvms, true);
            kernel.Bus.Fire(new HostResumed());
        });
        await kernel.FinishAsync(Task.WhenAll(underWay));
        for (var i = 0; i < LongestRests; i++)
        {
            await kernel.PassAsync(400);
            wrongs.Clear();
            await kernel.OnLoop(CheckRest);
            if (wrongs.Count == 0)
                return;
        }
    }

    private void CheckRest()
    {
        foreach (var name in Templates)
        {
            var template = kernel.Qubes.Find(name);
            var (length, max) = (kernel.QueueOf(name).Length, kernel.Settings.MaxOf(template));
            Check(length == max || (length < max && kernel.WhyNotFull(name) is not null), $"{name} has {length} of {max} and does not say why");
            foreach (var preload in kernel.Lives.QueuedOf(template))
            {
                Check(preload.Stage == PreloadStage.Paused && preload.Qube.PowerState == PowerState.Paused, $"{preload.Qube.Name} is {preload.Stage}");
                // That one grew its template's private volume is told to nobody; the next request sees it.
                // And one that may be handed out stays where there is no memory for its replacement.
                Check(
                    OutdatedTest.Reason(preload) is null or { Kind: "volumes_size" } || kernel.WhyNotFull(name) is not null
                        || (OutdatedTest.ClassOf(preload) == FreshnessClass.ServeButReplace && World.AvailableBytes is not null),
                    $"{preload.Qube.Name} rests although {OutdatedTest.Reason(preload)}");
            }
        }
        var known = Templates.SelectMany(kernel.QueueOf).Concat(inUse.Select(q => q.Name)).ToHashSet();
        var disposables = kernel.Qubes.Where(q => q.Class == QubeClass.DispVM).ToList();
        // One that somebody let run, or whose caller left with a daemon, is its user's.
        var leaked = disposables.Where(q => !known.Contains(q.Name) && q.Features.ContainsKey("internal")).ToList();
        Check(leaked.Count == 0, $"left over: {string.Join(", ", leaked)}");
        Check(kernel.Lives.All.Count == Templates.Sum(t => kernel.QueueOf(t).Length), "lives that are nobody's");
        Check(World.Hypervisor.Machines.All(m => kernel.Qubes.FindByUuid(m.QubeUuid) is not null), "machines that are nobody's");
        var volumes = kernel.Qubes.SelectMany(q => q.Volumes).Select(v => v.Vid).ToHashSet();
        foreach (var pool in World.Pools.Pools.Values)
            Check(pool.Existing.All(volumes.Contains), $"volumes that are nobody's: {string.Join(", ", pool.Existing.Except(volumes))}");
    }

    private void Check(bool holds, string wrong)
    {
        if (!holds)
            wrongs.Add(wrong);
    }
}
