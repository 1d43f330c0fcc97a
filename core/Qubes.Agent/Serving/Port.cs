using Qubes.Agent.Loop;
using Qubes.Agent.Native;

namespace Qubes.Agent.Serving;

/// <summary>The byte pipe to the host: connected or not, never waiting.</summary>
internal abstract class Port(EventLoop loop)
{
    /// <summary>Edge-triggered: what is true is remembered here until a call says otherwise.</summary>
    protected const uint Interest = EpollEvent.In | EpollEvent.Out | EpollEvent.EdgeTriggered;

    /// <summary>The host is there.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>There may be something to read.</summary>
    public bool MayRead { get; private set; }

    /// <summary>There may be room to write.</summary>
    public bool MayWrite { get; private set; }

    /// <summary>The host has gone; what was under way is void.</summary>
    public event Action? Disconnected;

    /// <summary>What it waits with.</summary>
    protected EventLoop Loop => loop;

    /// <summary>The descriptor; -1 = none.</summary>
    protected int Descriptor { get; set; } = -1;

    /// <summary>Reads what there is; 0 if there is nothing now.</summary>
    public int Read(Span<byte> target)
    {
        var count = Descriptors.Read(Descriptor, target);
        if (count > 0)
            return count;
        MayRead = false;
        if (count == 0 || !IsTransient)
            Lose();
        return 0;
    }

    /// <summary>Writes what fits; 0 if nothing does now.</summary>
    public int Write(ReadOnlySpan<byte> source)
    {
        var count = Descriptors.Write(Descriptor, source);
        if (count >= 0)
            return count;
        MayWrite = false;
        if (!IsTransient)
            Lose();
        return 0;
    }

    /// <summary>Epoll reported something about the descriptor.</summary>
    protected void Report(uint events)
    {
        if ((events & (EpollEvent.HangUp | EpollEvent.Error)) != 0 && (events & EpollEvent.In) == 0)
        {
            Lose();
            return;
        }

        IsConnected = true;
        MayRead |= (events & EpollEvent.In) != 0;
        MayWrite |= (events & EpollEvent.Out) != 0;
    }

    /// <summary>The host has gone: gets ready for the next.</summary>
    protected abstract void Renew();

    private static bool IsTransient =>
        System.Runtime.InteropServices.Marshal.GetLastPInvokeError() is Errno.Again or Errno.Interrupted;

    private void Lose()
    {
        MayRead = MayWrite = false;
        if (!IsConnected)
            return;
        IsConnected = false;
        Renew();
        Disconnected?.Invoke();
    }
}
