using Qubes.Qrexec.Protocol;

namespace Qubes.Plugins.Qrexec.HostCallers;

/// <summary>How many calls of programs on the host are under way: in all, and of one user. Safe to use from several threads.</summary>
internal sealed class CallerPlaces
{
    /// <summary>Of all users together.</summary>
    public const int InAll = QrexecLimits.Concurrent;

    /// <summary>Of one user, so that none keeps the others out.</summary>
    public const int PerUser = 64;

    private readonly Lock gate = new();
    private readonly Dictionary<uint, int> taken = [];
    private int all;

    /// <summary>Takes a place; false when there is none.</summary>
    public bool TryEnter(uint uid)
    {
        lock (gate)
        {
            int ofUser = taken.GetValueOrDefault(uid);
            if (all >= InAll || ofUser >= PerUser)
                return false;
            all++;
            taken[uid] = ofUser + 1;
            return true;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(uint uid)
    {
        lock (gate)
        {
            all--;
            if (--taken[uid] == 0)
                taken.Remove(uid);
        }
    }
}
