namespace Qubes.Plugins.Preload.Tests.Model;

/// <summary>Leaves out steps of a life that went wrong for as long as it still goes wrong.</summary>
internal static class Shrinking
{
    private const int MostTries = 80;

    public static async Task<IReadOnlyList<Step>> ShrinkAsync(IReadOnlyList<Step> steps, Func<IReadOnlyList<Step>, Task<bool>> goesWrong)
    {
        var tries = 0;
        for (var size = steps.Count / 2; size > 0 && tries < MostTries; size /= 2)
        {
            for (var from = 0; from < steps.Count && tries < MostTries; tries++)
            {
                var fewer = steps.Take(from).Concat(steps.Skip(from + size)).ToList();
                if (await goesWrong(fewer))
                    steps = fewer;
                else
                    from += size;
            }
        }
        return steps;
    }
}
