using Qubes.Agent.Loop;
using Qubes.Agent.Native;

namespace Qubes.Agent.Vchans;

/// <summary>One attempt to connect to a vchan.</summary>
internal sealed class VchanDial(EventLoop loop, string path, uint? owner, Action<int> done)
{
    private const int FirstPause = 1;
    private const int LongestPause = 100;

    private Alarm? next;
    private Alarm? limit;
    private int pause = FirstPause;
    private bool isOver;

    /// <summary>It has an outcome, or was called off.</summary>
    public event Action? Over;

    /// <summary>Tries for so many milliseconds.</summary>
    public void Begin(int patience)
    {
        limit = loop.After(patience, () => End(-1, $"nobody serves {path}"));
        next = loop.After(0, Try);
    }

    /// <summary>Tries now.</summary>
    public void Try()
    {
        if (isOver)
            return;
        next?.CallOff();
        if (Libc.Exists(path))
            Connect();
        if (isOver)
            return;
        next = loop.After(pause, Try);
        pause = Math.Min(pause * 2, LongestPause);
    }

    /// <summary>Gives up without a word.</summary>
    public void CallOff()
    {
        isOver = true;
        limit?.CallOff();
        next?.CallOff();
        Over?.Invoke();
    }

    private void Connect()
    {
        // Only the owner of a file can put another in its place where everyone may write: what is looked at is what is connected to.
        if (owner is { } user && !Libc.IsSocketOf(path, user))
        {
            End(-1, $"{path} is not a socket of user {user}");
            return;
        }

        int fd;
        try
        {
            fd = Libc.ConnectUnix(path);
        }
        catch (SystemCallException e) when (e.Error is Errno.ConnectionRefused or Errno.NoEntry or Errno.Again)
        {
            return;
        }
        catch (SystemCallException e)
        {
            End(-1, e.Message);
            return;
        }

        var server = Libc.PeerUser(fd);
        if (owner is null || server == owner)
        {
            End(fd, null);
            return;
        }

        Descriptors.Close(fd);
        End(-1, $"{path} is served by user {server}, not {owner}");
    }

    private void End(int fd, string? trouble)
    {
        CallOff();
        if (trouble is not null)
            AgentLog.Write($"a call is dropped: {trouble}");
        done(fd);
    }
}
