using Qubes.Tools.Terminal;
using Spectre.Console;

namespace Qubes.Tools.Progress;

/// <summary>Bars on a terminal. The display runs until the view is disposed.</summary>
internal sealed class BarProgress : IProgressView
{
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ProgressContext> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _display;
    private ProgressContext? _context;

    private BarProgress(TextWriter output)
    {
        // Opened only for a terminal on standard error; left to itself, Spectre would ask about standard output.
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(output),
        });
        _display = console.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                _started.SetResult(context);
                await _closing.Task;
            });
    }

    public static async Task<IProgressView> OpenAsync(TextWriter output)
    {
        var view = new BarProgress(output);
        view._context = await view._started.Task;
        return view;
    }

    public IProgressRow Add(string title) => new Row(title, _context!.AddTask(Markup.Escape(SafeText.OneLine(title))));

    public async ValueTask DisposeAsync()
    {
        _closing.TrySetResult();
        await _display;
    }

    private sealed class Row(string title, ProgressTask task) : IProgressRow
    {
        public void Report(double percent, string step, string detail = "")
        {
            task.Value = Math.Clamp(percent, 0, 100);
            Describe(detail.Length == 0 ? step : $"{step}: {detail}");
        }

        public void Finish(string result)
        {
            task.Value = 100;
            Describe(result);
            task.StopTask();
        }

        public void Fail(string reason)
        {
            Describe($"failed: {reason}");
            task.StopTask();
        }

        private void Describe(string text) => task.Description = Markup.Escape(SafeText.OneLine($"{title}: {text}"));
    }
}
