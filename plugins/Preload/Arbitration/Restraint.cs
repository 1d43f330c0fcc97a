using Qubes.Sdk.Memory;

namespace Qubes.Plugins.Preload.Arbitration;

/// <summary>
/// How long queues may be while memory is short, and until what gave way has come back. While there is pressure nothing grows, and where it
/// is high one preload after the other is given up; when it is gone, and has stayed away for a hold-off, pools grow back one by one.
/// It changes nothing by itself: who asks does what it answers, and asks again.
/// </summary>
internal sealed class Restraint
{
    /// <summary>Between two that are given up: what the first one freed is to be seen.</summary>
    public static readonly TimeSpan ReclaimPause = TimeSpan.FromSeconds(2);

    /// <summary>Between two that come back.</summary>
    public static readonly TimeSpan GrowthPause = TimeSpan.FromSeconds(3);

    /// <summary>So long the next one waits for one that is on its way.</summary>
    public static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, int> limits = [];
    private readonly HoldOff holdOff = new();
    private DateTimeOffset nextReclaim;
    private DateTimeOffset nextGrowth;

    public MemoryPressure Pressure { get; private set; }

    /// <summary>Some pool may not have what it wants.</summary>
    public bool IsActive { get; private set; }

    /// <summary>For people: why queues may be shorter than they want to be.</summary>
    public string Reason => Pressure switch
    {
        MemoryPressure.None => "the host was short of memory; preloads come back one by one",
        MemoryPressure.Tight => "the host has little memory left, so nothing more is preloaded",
        MemoryPressure.High => "the host is short of memory, so preloads are given up",
        _ => throw new InvalidOperationException($"unknown pressure {Pressure}"),
    };

    /// <summary>How long pressure has to stay away before anything grows.</summary>
    public TimeSpan HoldOffLength => holdOff.Length;

    /// <summary>How many a template's queue may hold; null: as many as it wants.</summary>
    /// <param name="template">Its name.</param>
    /// <param name="held">How many it holds.</param>
    public int? LimitOf(string template, int held)
    {
        if (!IsActive)
            return null;
        var limit = limits.GetValueOrDefault(template, held);
        return Pressure == MemoryPressure.None ? limit : Math.Min(limit, held);
    }

    /// <summary>Notes how short of memory the host is now.</summary>
    public void Observe(DateTimeOffset now, MemoryPressure pressure, IReadOnlyList<PoolNeed> pools)
    {
        var (was, isNow) = (Pressure != MemoryPressure.None, pressure != MemoryPressure.None);
        if (isNow && !was)
            holdOff.Press(now);
        if (was && !isNow)
            holdOff.Calm(now);
        Pressure = pressure;
        IsActive |= isNow;
        if (!IsActive)
            return;
        foreach (var pool in pools)
        {
            var limit = limits.GetValueOrDefault(pool.Template, pool.Held);
            limits[pool.Template] = isNow || was ? Math.Min(limit, pool.Held) : limit;
        }
    }

    /// <summary>What is to be done now.</summary>
    public ArbiterStep Next(DateTimeOffset now, IReadOnlyList<PoolNeed> pools, IReadOnlyList<VictimCandidate> candidates)
    {
        Observe(now, Pressure, pools);
        return Pressure switch
        {
            MemoryPressure.High => Reclaim(now, pools, candidates),
            MemoryPressure.Tight => new ArbiterStep.Wait(null),
            MemoryPressure.None => Grow(now, pools),
            _ => throw new InvalidOperationException($"unknown pressure {Pressure}"),
        };
    }

    public void Forget(string template) => limits.Remove(template);

    private ArbiterStep Reclaim(DateTimeOffset now, IReadOnlyList<PoolNeed> pools, IReadOnlyList<VictimCandidate> candidates)
    {
        // What is queued and cannot be given up yet, such as what a restarted daemon has not looked at, may be soon.
        if (VictimChoice.Of(pools, candidates) is not { } victim)
            return new ArbiterStep.Wait(pools.Any(p => p.Held > 0) ? now + ReclaimPause : null);
        if (now < nextReclaim)
            return new ArbiterStep.Wait(nextReclaim);
        nextReclaim = now + ReclaimPause;
        var pool = pools[candidates[victim].Pool];
        limits[pool.Template] = Math.Min(limits[pool.Template], pool.Held - 1);
        return new ArbiterStep.Reclaim(victim);
    }

    private ArbiterStep Grow(DateTimeOffset now, IReadOnlyList<PoolNeed> pools)
    {
        var limited = Enumerable.Range(0, pools.Count).Where(i => limits.GetValueOrDefault(pools[i].Template, int.MaxValue) < pools[i].Wanted).ToList();
        if (!IsActive || limited.Count == 0)
        {
            IsActive = false;
            limits.Clear();
            return new ArbiterStep.Rest();
        }
        var at = holdOff.Until > nextGrowth ? holdOff.Until : nextGrowth;
        if (now < at)
            return new ArbiterStep.Wait(at);
        if (pools.Any(p => p.Starting > 0) && now < nextGrowth + LongestStart)
            return new ArbiterStep.Wait(now + GrowthPause);
        var next = limited.MinBy(i => (double)limits[pools[i].Template] * pools[i].BytesEach / pools[i].Weight);
        limits[pools[next].Template]++;
        nextGrowth = now + GrowthPause;
        holdOff.Grow(now);
        return new ArbiterStep.Grow(next);
    }
}
