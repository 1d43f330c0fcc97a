using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Qubes.Plugins.AdminApi.Sockets;

/// <summary>
/// Tells at once when the other end of a socket is closed altogether. A client of an event stream has long shut down its
/// writing side, so reading says nothing; only the hang-up condition does, which .NET does not offer. One thread waits
/// for all watched sockets.
/// </summary>
internal sealed class HangUpWatch : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Delete = 2;
    private const uint OneShot = 1u << 30;
    private const uint Readable = 1;
    private const int ErrorInterrupted = 4;

    // struct epoll_event = events (4 bytes) data (8 bytes); packed on x86-64 alone.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    private readonly ConcurrentDictionary<long, Action> watched = new();
    private readonly Thread thread;
    private readonly int epoll;
    private long lastKey;

    public HangUpWatch()
    {
        epoll = Checked(Posix.EpollCreate(CloseOnExec));
        thread = new Thread(Wait) { IsBackground = true, Name = "admin-api-hang-up" };
        thread.Start();
    }

    /// <summary>Calls <paramref name="hungUp"/> once, on the watching thread, when the other end has gone. Dispose before the socket.</summary>
    public IDisposable Watch(Socket socket, Action hungUp)
    {
        long key = Interlocked.Increment(ref lastKey);
        watched[key] = hungUp;
        Control(Add, (int)socket.Handle, OneShot, key);
        return new Registration(this, socket, key);
    }

    public void Dispose()
    {
        // An eventfd that starts at 1 is readable: adding it wakes the thread.
        int wake = Checked(Posix.EventDescriptor(1, CloseOnExec));
        Control(Add, wake, Readable, 0);
        thread.Join();
        _ = Posix.Close(wake);
        _ = Posix.Close(epoll);
    }

    private void Wait()
    {
        Span<byte> ready = stackalloc byte[16];
        while (true)
        {
            if (Posix.EpollWait(epoll, ready, 1, -1) < 0)
            {
                if (Marshal.GetLastPInvokeError() == ErrorInterrupted)
                    continue;
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
            long key = MemoryMarshal.Read<long>(ready[DataOffset..]);
            if (key == 0)
                return;
            if (watched.TryRemove(key, out Action? hungUp))
                hungUp();
        }
    }

    private void Control(int operation, int descriptor, uint events, long key)
    {
        Span<byte> raw = stackalloc byte[EventSize];
        MemoryMarshal.Write(raw, in events);
        MemoryMarshal.Write(raw[DataOffset..], in key);
        Checked(Posix.EpollControl(epoll, operation, descriptor, raw));
    }

    private static int Checked(int result) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    private sealed class Registration(HangUpWatch watch, Socket socket, long key) : IDisposable
    {
        private int isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isDisposed, 1) != 0)
                return;
            watch.watched.TryRemove(key, out _);
            watch.Control(Delete, (int)socket.Handle, 0, key);
        }
    }
}
