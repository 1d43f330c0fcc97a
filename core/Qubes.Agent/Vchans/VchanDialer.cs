using Qubes.Agent.Loop;
using Qubes.Agent.Native;

namespace Qubes.Agent.Vchans;

/// <summary>
/// Connects to vchans of a directory that somebody is about to serve: at once when the socket appears, and again and again
/// while it refuses, since between its appearance and its listening there may be a moment.
/// </summary>
internal sealed class VchanDialer(EventLoop loop, string directory) : IDisposable
{
    /// <summary>How long a server may take, milliseconds (spec: protocol, section 7).</summary>
    public const int Patience = 120_000;

    private readonly HashSet<VchanDial> dials = [];
    private readonly byte[] news = new byte[4096];
    private int watch = -1;

    /// <summary>Begins to connect.</summary>
    /// <param name="path">The vchan's socket.</param>
    /// <param name="owner">Whose it must be; null = anyone's.</param>
    /// <param name="done">Is told the connected descriptor, or -1; not from within this call.</param>
    public VchanDial Dial(string path, uint? owner, Action<int> done)
    {
        Watch();
        var dial = new VchanDial(loop, path, owner, done);
        dial.Over += () => dials.Remove(dial);
        dials.Add(dial);
        dial.Begin(Patience);
        return dial;
    }

    /// <summary>Stops watching.</summary>
    public void Dispose()
    {
        if (watch < 0)
            return;
        loop.Remove(watch);
        Descriptors.Close(watch);
        watch = -1;
    }

    // Without a watch, since there are too many or no such directory, the dials still try now and then.
    private void Watch()
    {
        if (watch >= 0)
            return;
        watch = Libc.WatchDirectory(directory);
        if (watch >= 0)
            loop.Add(watch, EpollEvent.In, _ => SomethingAppeared());
    }

    private void SomethingAppeared()
    {
        _ = Descriptors.Read(watch, news);
        foreach (var dial in dials.ToList())
            dial.Try();
    }
}
