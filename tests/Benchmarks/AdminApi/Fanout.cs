using System.Diagnostics;
using System.Text;
using static Qubes.Benchmarks.AdminApi.SystemCalls;

namespace Qubes.Benchmarks.AdminApi;

/// <summary>Listeners of <c>admin.Events</c>, all read by one thread, and what they receive of changes that others make.</summary>
internal sealed unsafe class Fanout : IDisposable
{
    public const int Listeners = 100;

    private const int Changes = 500;
    private const int EventsOfChange = 2;
    private const string Feature = "bench-fan";
    private readonly string path;
    private readonly string qube;
    private readonly int[] descriptors = new int[Listeners];
    private readonly long[] received = new long[Listeners];
    private readonly byte[] buffer = new byte[1 << 18];
    private readonly int sizeOfChange;

    /// <param name="Late">Milliseconds from the answer to a change to the last listener's last byte of its events; 0: none.</param>
    /// <param name="Whole">The same from before the request.</param>
    /// <param name="Changed">Changes per second that arrived at all listeners, while clients change as fast as they can.</param>
    public sealed record Result(Sample Late, Sample Whole, double Changed)
    {
        public double Delivered => Changed * EventsOfChange * Listeners;
    }

    public Fanout(string path, string qube)
    {
        (this.path, this.qube) = (path, qube);
        sizeOfChange = SizeOf("domain-feature-pre-set") + SizeOf("domain-feature-set");
        // From now on each change has an old value, of the same size.
        Set(0);
        for (var i = 0; i < Listeners; i++)
            descriptors[i] = new RawClient(path).Open(RawClient.Request("admin.Events", "", "dom0"));
        ReceiveUntil("1\0\0connection-established\0\0"u8.Length);
    }

    public Result Run()
    {
        for (var n = 0; n < Changes; n++)
            One(n);
        var (late, whole) = (new Sample(), new Sample());
        for (var n = 0; n < Changes; n++)
        {
            var (sinceAnswer, sinceRequest) = One(n);
            late.Add(sinceAnswer);
            whole.Add(sinceRequest);
        }
        return new(late, whole, Flood());
    }

    public void Dispose()
    {
        foreach (var descriptor in descriptors)
            _ = Close(descriptor);
    }

    private (double Late, double Whole) One(int n)
    {
        var (asked, answered) = (0L, 0L);
        var goal = received[0] + sizeOfChange;
        var asking = new Thread(() =>
        {
            asked = Stopwatch.GetTimestamp();
            Set(n);
            answered = Stopwatch.GetTimestamp();
        });
        asking.Start();
        ReceiveUntil(goal);
        var last = Stopwatch.GetTimestamp();
        asking.Join();
        return (Math.Max(0, Milliseconds(answered, last)), Milliseconds(asked, last));
    }

    private double Flood()
    {
        var goal = received[0] + (long)sizeOfChange * Changes * Load.Clients;
        var begin = Stopwatch.GetTimestamp();
        var asking = new Thread(() => Load.OnThreads(Load.Clients, _ =>
        {
            for (var n = 0; n < Changes; n++)
                Set(n);
        }));
        asking.Start();
        ReceiveUntil(goal);
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        asking.Join();
        return Changes * Load.Clients / seconds;
    }

    private void Set(int n) => new RawClient(path).Ask(RawClient.Request("admin.vm.feature.Set", Feature, qube, $"{n:0000}"));

    private int SizeOf(string name) => Encoding.UTF8.GetByteCount(
        $"1\0{qube}\0{name}:{Feature}\0feature\0{Feature}\0value\0{0:0000}\0oldvalue\0{0:0000}\0\0");

    private void ReceiveUntil(long goal)
    {
        Span<Polled> polled = stackalloc Polled[Listeners];
        while (true)
        {
            int waiting = 0;
            for (var i = 0; i < Listeners; i++)
            {
                polled[i] = new Polled { Descriptor = received[i] < goal ? descriptors[i] : -1, Wanted = Readable };
                waiting += received[i] < goal ? 1 : 0;
            }
            if (waiting == 0)
                return;
            fixed (Polled* all = polled)
            {
                if (Checked(Poll(all, Listeners, 10_000)) == 0)
                    throw new TimeoutException($"{waiting} listeners wait in vain for {goal} bytes; the first has {received[0]}");
            }
            Receive(polled);
        }
    }

    private void Receive(ReadOnlySpan<Polled> polled)
    {
        for (var i = 0; i < Listeners; i++)
        {
            if (polled[i].Seen == 0)
                continue;
            fixed (byte* into = buffer)
            {
                var read = (int)Checked(SystemCalls.Receive(descriptors[i], into, buffer.Length, 0));
                received[i] += read > 0 ? read : throw new InvalidOperationException($"listener {i} was dropped");
            }
        }
    }

    private static double Milliseconds(long from, long to) => (to - from) * 1000.0 / Stopwatch.Frequency;
}
