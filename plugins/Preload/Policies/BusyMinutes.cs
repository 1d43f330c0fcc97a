namespace Qubes.Plugins.Preload.Policies;

/// <summary>How many came within a minute.</summary>
/// <param name="End">When the last one came.</param>
/// <param name="Requests">It and those of the minute before it.</param>
internal readonly record struct BusyMinute(DateTimeOffset End, int Requests);

internal static class BusyMinutes
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>The minute that ends with each request.</summary>
    /// <param name="times">Oldest first.</param>
    public static IEnumerable<BusyMinute> Of(IReadOnlyList<DateTimeOffset> times)
    {
        for (int first = 0, last = 0; last < times.Count; last++)
        {
            while (times[last] - times[first] >= Minute)
                first++;
            yield return new(times[last], last - first + 1);
        }
    }
}
