namespace Qubes.Plugins.MemoryManager.Tests.Claims;

internal static class Answered
{
    /// <summary>The answer that there is already.</summary>
    public static bool Result(this Task<bool> answer)
    {
        Assert.True(answer.IsCompletedSuccessfully, "there is no answer yet");
        return answer.GetAwaiter().GetResult();
    }
}
