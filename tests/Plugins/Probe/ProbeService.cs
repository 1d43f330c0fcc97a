using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.TestPlugins.Probe;

/// <summary>A service that fails where the plugin's setting <c>fail</c> says: constructor, start, stop, hang-start, hang-stop, hang-end.</summary>
public sealed partial class ProbeService : IKernelService, IAsyncDisposable
{
    private readonly string fail;
    private readonly IKernelLoop loop;
    private readonly ILogger<ProbeService> log;

    /// <summary>Fails if it is told to.</summary>
    public ProbeService(IConfiguration configuration, IKernelLoop loop, ILogger<ProbeService> log)
    {
        fail = configuration["fail"] ?? "";
        this.loop = loop;
        this.log = log;
        FailIf("constructor");
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancel)
    {
        Say(log, loop.IsCurrent ? "starting" : "starting off the loop");
        FailIf("start");
        if (ProbePlugin.Has("fails-to-start"))
            throw new InvalidOperationException("the start was told to fail");
        await HangIf("hang-start");
        Say(log, "started");
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancel)
    {
        Say(log, loop.IsCurrent ? "stopping" : "stopping off the loop");
        FailIf("stop");
        await HangIf("hang-stop");
        Say(log, "stopped");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await HangIf("hang-end");
        Say(log, "disposed");
    }

    private void FailIf(string where)
    {
        if (fail == where)
            throw new InvalidOperationException($"the {where} was told\nto fail");
    }

    private Task HangIf(string where) => fail == where ? new TaskCompletionSource().Task : Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Information, "{Word}")]
    private static partial void Say(ILogger log, string word);
}
