using Qubes.Tools.Terminal;

namespace Qubes.Tools.Progress;

/// <summary>Progress as lines, for logs and pipes: one per change of step or detail, not one per percent.</summary>
internal sealed class PlainProgress(TextWriter output) : IProgressView
{
    private readonly Lock sync = new();

    public IProgressRow Add(string title) => new Row(this, title);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Write(string line)
    {
        lock (sync)
            output.WriteLine(SafeText.OneLine(line));
    }

    private sealed class Row(PlainProgress view, string title) : IProgressRow
    {
        private string last = "";

        public void Report(double percent, string step, string detail = "")
        {
            var text = detail.Length == 0 ? step : $"{step}: {detail}";
            if (Interlocked.Exchange(ref last, text) != text)
                view.Write($"{title}: {(int)Math.Clamp(percent, 0, 100),3} % {text}");
        }

        public void Finish(string result) => view.Write($"{title}: done: {result}");

        // The applet's own error line says it.
        public void Fail(string reason)
        {
        }
    }
}
