namespace Qubes.Plugins.MemoryManager.Tests.Claims;

internal static class Answered
{
    /// <summary>The answer that there is already: nothing is waited for.</summary>
    public static bool Given(this Task<bool> answer)
    {
        Assert.True(answer.IsCompletedSuccessfully, "there is no answer yet");
        return answer.GetAwaiter().GetResult();
    }
}
