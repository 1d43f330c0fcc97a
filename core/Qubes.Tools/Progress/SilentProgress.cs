namespace Qubes.Tools.Progress;

/// <summary>No progress shown (<c>--quiet</c>).</summary>
internal sealed class SilentProgress : IProgressView, IProgressRow
{
    public IProgressRow Add(string title) => this;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void Report(double percent, string step, string detail = "")
    {
    }

    public void Finish(string result)
    {
    }

    public void Fail(string reason)
    {
    }
}
