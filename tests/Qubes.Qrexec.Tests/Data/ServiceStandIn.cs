using System.IO.Pipelines;
using Qubes.Qrexec.Data;

namespace Qubes.Qrexec.Tests.Data;

/// <summary>A service whose streams a test holds the other ends of.</summary>
internal sealed class ServiceStandIn : IRunningService
{
    private readonly Pipe input = new(new PipeOptions(pauseWriterThreshold: 1024, resumeWriterThreshold: 512));
    private readonly Pipe output = new();
    private readonly Pipe error = new();
    private readonly TaskCompletionSource<int> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ServiceStandIn(bool hasError) => (Input, Output, Error) =
        (input.Writer.AsStream(), output.Reader.AsStream(), hasError ? error.Reader.AsStream() : null);

    public Stream Input { get; }

    public Stream Output { get; }

    public Stream? Error { get; }

    public Task<int> Ended => ended.Task;

    public bool IsDisposed { get; private set; }

    /// <summary>Where the service reads its standard input.</summary>
    public Stream Received { get; private set; } = null!;

    public ServiceStandIn Open()
    {
        Received = input.Reader.AsStream();
        return this;
    }

    public async Task SayAsync(string text) => await output.Writer.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));

    public async Task SayErrorAsync(string text) => await error.Writer.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));

    public void CloseOutput() => output.Writer.Complete();

    public void CloseError() => error.Writer.Complete();

    public void End(int status) => ended.TrySetResult(status);

    public async ValueTask DisposeAsync()
    {
        IsDisposed = true;
        await Input.DisposeAsync();
        await Output.DisposeAsync();
        End(-1);
    }
}
