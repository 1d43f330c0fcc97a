using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Rpc;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Rpc;

namespace Qubes.Plugins.Qrexec.HostServices;

/// <summary>A service that runs in this process. Its pipes hold 64 KiB each; then the writer waits for the reader.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2213",
    Justification = "A source that plugins' changes may cancel at any time, also just after the end; it holds no more than memory.")]
internal sealed class PluginService : IRunningService
{
    /// <summary>For a service to return once it is cancelled; it cannot be made to.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly Pipe input = new();
    private readonly Pipe output = new();
    private readonly Pipe error = new();
    private readonly TaskCompletionSource<int> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource over = new();
    private readonly HostCall call;
    private readonly TimeProvider time;
    private readonly ILogger<PluginService> logger;

    private PluginService(HostCall call, TimeProvider time, ILogger<PluginService> logger)
    {
        (this.call, this.time, this.logger) = (call, time, logger);
        (Input, Output) = (input.Writer.AsStream(), output.Reader.AsStream());
    }

    public Stream Input { get; }

    public Stream Output { get; }

    public Stream? Error => null;

    public Task<int> Ended => ended.Task;

    /// <summary>Starts it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="serve">Serves it.</param>
    /// <param name="isOffered">Whether the plugin that serves is still active; asked when plugins come and go.</param>
    /// <param name="extensions">Tells when they do.</param>
    /// <param name="time">For its grace.</param>
    /// <param name="logger">Takes its standard error, too.</param>
    public static PluginService Start(
        HostCall call, Func<RpcCall, CancellationToken, Task<int>> serve, Func<bool> isOffered, IExtensions extensions, TimeProvider time,
        ILogger<PluginService> logger)
    {
        var service = new PluginService(call, time, logger);
        _ = Task.Run(() => service.RunAsync(serve, isOffered, extensions));
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await Input.DisposeAsync();
        await Output.DisposeAsync();
        try
        {
            await Ended.WaitAsync(Grace, time);
        }
        catch (TimeoutException)
        {
            Log.HostServiceGoesOn(logger, call.Source.Name, new(call.Descriptor.FullName));
        }
    }

    private async Task RunAsync(Func<RpcCall, CancellationToken, Task<int>> serve, Func<bool> isOffered, IExtensions extensions)
    {
        void EndWithPlugin()
        {
            if (!isOffered())
                _ = over.CancelAsync();
        }

        Task logging = ErrorLog.CopyAsync(error.Reader.AsStream(), call, logger);
        extensions.Changed += EndWithPlugin;
        int status = await ServeAsync(serve);
        extensions.Changed -= EndWithPlugin;

        await input.Reader.CompleteAsync();
        await output.Writer.CompleteAsync();
        await error.Writer.CompleteAsync();
        await logging;
        ended.SetResult(status);
    }

    private async Task<int> ServeAsync(Func<RpcCall, CancellationToken, Task<int>> serve)
    {
        var rpc = new RpcCall(
            call.Source.Name, call.Source.Qube, call.Descriptor.Argument, call.RequestedTarget,
            input.Reader.AsStream(), output.Writer.AsStream(), error.Writer.AsStream());
        try
        {
            return await serve(rpc, over.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return ServiceException.Trouble;
        }
        catch (Exception defect)
        {
            // Whatever a plugin's service throws is its plugin's defect, and this call's trouble alone.
            Log.HostServiceFailed(logger, defect, call.Source.Name, new(call.Descriptor.FullName));
            return ServiceException.Trouble;
        }
    }
}
