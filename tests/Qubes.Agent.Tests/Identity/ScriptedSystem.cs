using Qubes.Agent.Identity;

namespace Qubes.Agent.Tests.Identity;

/// <summary>A guest's kernel on paper: writes down what was done, and fails where a test wants it to. Nothing of this machine changes.</summary>
internal sealed class ScriptedSystem : IIdentitySystem
{
    private long clock;
    private string hostName = "disposable";

    public List<string> Done { get; } = [];

    /// <summary>The step that fails.</summary>
    public string Failing { get; set; } = "";

    /// <summary>How far the clock is from what it was set to when it is read, nanoseconds.</summary>
    public long Drift { get; set; }

    /// <summary>The kernel cuts names to so many characters.</summary>
    public int LongestName { get; set; } = 64;

    public byte[] Seed { get; private set; } = [];

    public long Clock => clock + Drift;

    public string HostName => hostName;

    public bool OpenGenerator() => Do("open");

    public bool AddEntropy(ReadOnlySpan<byte> seed)
    {
        Seed = seed.ToArray();
        return Do("entropy");
    }

    public bool Reseed() => Do("reseed");

    public bool Draw(Span<byte> target)
    {
        target.Fill(7);
        return Do("draw");
    }

    public bool SetClock(long nanoseconds)
    {
        clock = nanoseconds;
        return Do("clock");
    }

    public bool SetHostName(string name)
    {
        hostName = name[..Math.Min(name.Length, LongestName)];
        return Do("name");
    }

    public bool CoverMachineId() => Do("cover machine");

    public bool ReplaceMachineId(Guid id) => Do($"machine {id:N}");

    public bool CoverBootId() => Do("cover boot");

    public bool ReplaceBootId(Guid id) => Do($"boot {id}");

    public void PrepareRehearsal() => Done.Add("prepare rehearsal");

    public void Rehearse() => Done.Add("rehearse");

    public void SkipRehearsal() => Done.Add("skip rehearsal");

    public void Sync() => Done.Add("sync");

    private bool Do(string what)
    {
        if (Failing.Length > 0 && what.StartsWith(Failing, StringComparison.Ordinal))
            return false;
        Done.Add(what);
        return true;
    }
}
