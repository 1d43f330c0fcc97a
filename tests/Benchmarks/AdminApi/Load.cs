using System.Diagnostics;

namespace Qubes.Benchmarks.AdminApi;

/// <summary>Clients that ask one request after the other, each on a thread of its own.</summary>
internal static class Load
{
    public const int Clients = 4;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(4);

    /// <summary>Requests per second and how long they took.</summary>
    public sealed record Result(double Rate, double P50, double P99);

    /// <summary>Runs long enough to compile what is hot, then measures.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="request">The n-th request of a client.</param>
    public static Result Run(string path, Func<int, int, byte[]> request)
    {
        RunFor(path, request, WarmUp);
        var before = Stopwatch.GetTimestamp();
        var took = RunFor(path, request, Measured);
        var elapsed = Stopwatch.GetElapsedTime(before);
        took.Sort();
        return new Result(took.Count / elapsed.TotalSeconds, Milliseconds(took, 0.50), Milliseconds(took, 0.99));
    }

    /// <summary>Calls each client's work on its thread and waits for all.</summary>
    public static void OnThreads(int count, Action<int> work)
    {
        Exception? failure = null;
        var threads = Enumerable.Range(0, count).Select(client => new Thread(() =>
        {
            try
            {
                work(client);
            }
            catch (Exception e)
            {
                failure = e;
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        if (failure is not null)
            throw new InvalidOperationException("a client failed", failure);
    }

    private static List<long> RunFor(string path, Func<int, int, byte[]> request, TimeSpan duration)
    {
        var all = new List<long>[Clients];
        OnThreads(Clients, client =>
        {
            var took = all[client] = new List<long>(1 << 20);
            var asking = new RawClient(path);
            long now = Stopwatch.GetTimestamp(), end = now + (long)(duration.TotalSeconds * Stopwatch.Frequency);
            for (var n = 0; now < end; n++)
            {
                asking.Ask(request(client, n));
                var after = Stopwatch.GetTimestamp();
                took.Add(after - now);
                now = after;
            }
        });
        return [.. all.SelectMany(t => t)];
    }

    private static double Milliseconds(List<long> sorted, double part) =>
        sorted[(int)(part * (sorted.Count - 1))] * 1000.0 / Stopwatch.Frequency;
}
