using Qubes.Tools.Terminal;
using Spectre.Console;

namespace Qubes.Tools.Progress;

/// <summary>Bars on a terminal. The display runs until the view is disposed.</summary>
internal sealed class BarProgress : IProgressView
{
    private readonly TaskCompletionSource closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ProgressContext> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task display;
    private ProgressContext? context;

    private BarProgress(TextWriter output)
    {
        // Opened only for a terminal on standard error; left to itself, Spectre would ask about standard output.
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(output),
        });
        display = console.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                started.SetResult(context);
                await closing.Task;
            });
    }

    public static async Task<IProgressView> OpenAsync(TextWriter output)
    {
        var view = new BarProgress(output);
        view.context = await view.started.Task;
        return view;
    }

    public IProgressRow Add(string title) => new Row(title, this.context!.AddTask(Markup.Escape(SafeText.OneLine(title))));

    public async ValueTask DisposeAsync()
    {
        closing.TrySetResult();
        await display;
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
