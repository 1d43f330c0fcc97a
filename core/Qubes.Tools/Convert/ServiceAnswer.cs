using System.IO.Pipelines;
using Qubes.Conversion;
using Qubes.Tools.Convert.Disposables;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Convert;

/// <summary>
/// A running call and its answer as it comes in; both directions at once, at most 2 MiB of it held. Disposing of it ends the call.
/// </summary>
internal sealed class ServiceAnswer : IAsyncDisposable
{
    private const int MostHeld = 2 << 20;

    // Dangerzone waits as long (spec: conversion services, section 1, trusted side).
    private static readonly TimeSpan StatusLimit = TimeSpan.FromSeconds(15);

    private readonly Pipe pipe = new(new PipeOptions(
        pauseWriterThreshold: MostHeld, resumeWriterThreshold: MostHeld / 2, minimumSegmentSize: 64 * 1024, useSynchronizationContext: false));

    private readonly CancellationTokenSource end;
    private readonly TimeProvider clock;
    private readonly Task<int> call;

    public ServiceAnswer(
        IConversionQube qube, string service, Stream document, BoundedErrors errors, TimeProvider clock, CancellationToken cancellation)
    {
        this.clock = clock;
        end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        call = RunAsync(qube, service, document, errors);
    }

    /// <summary>What the service writes to standard output; ends when the call does.</summary>
    public PipeReader Output => pipe.Reader;

    /// <summary>The service's exit status, for which it has 15 s after the end of its answer.</summary>
    /// <exception cref="ConversionException">None came.</exception>
    public async Task<int> StatusAsync(CancellationToken cancellation)
    {
        try
        {
            int status = await call.WaitAsync(StatusLimit, this.clock, cancellation);
            // A call that was cut off on our own account has no status worth telling.
            cancellation.ThrowIfCancellationRequested();
            return status;
        }
        catch (TimeoutException)
        {
            throw new ConversionException($"the qube did not end the service within {StatusLimit.TotalSeconds} s after its answer");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await pipe.Reader.CompleteAsync();
        await end.CancelAsync();
        try
        {
            await call;
        }
        catch (Exception ended) when (ended is OperationCanceledException or ToolException or ConversionException)
        {
            // It was to end, however; whoever wanted its status has asked before.
        }

        end.Dispose();
    }

    private async Task<int> RunAsync(IConversionQube qube, string service, Stream document, BoundedErrors errors)
    {
        try
        {
            // Closed by the call when the service closes its output, which may be before it ends.
            await using Stream output = pipe.Writer.AsStream();
            return await qube.CallAsync(service, document, output, errors, end.Token);
        }
        catch (IOException broken)
        {
            throw new ConversionException($"the call broke: {broken.Message}", cause: broken);
        }
        finally
        {
            await pipe.Writer.CompleteAsync();
        }
    }
}
