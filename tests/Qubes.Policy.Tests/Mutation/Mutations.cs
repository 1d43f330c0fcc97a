namespace Qubes.Policy.Tests.Mutation;

/// <summary>How much is tried: 50,000 spoilt inputs, or as many as the environment says.</summary>
internal static class Mutations
{
    private const string Variable = "QUBES_POLICY_MUTATIONS";

    /// <summary>What a single input, of a few kilobytes, may make us allocate.</summary>
    public const long MostBytes = 16 << 20;

    public static int Count { get; } =
        int.TryParse(Environment.GetEnvironmentVariable(Variable), out var count) ? count : 50_000;

    /// <summary>Runs an input; it may fail as <paramref name="isExpected"/> says.</summary>
    public static void Survive(Action run, Func<Exception, bool> isExpected, Func<string> describe)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            run();
        }
        catch (Exception e) when (isExpected(e))
        {
            // Refused, which is what most of them deserve.
        }
        catch (Exception e)
        {
            Assert.Fail($"{e}\n{describe()}");
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < MostBytes, $"{allocated} bytes for\n{describe()}");
    }
}
