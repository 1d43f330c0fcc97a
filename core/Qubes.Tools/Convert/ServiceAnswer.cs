using System.IO.Pipelines;
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

    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: MostHeld, resumeWriterThreshold: MostHeld / 2, minimumSegmentSize: 64 * 1024, useSynchronizationContext: false));

    private readonly CancellationTokenSource _end;
    private readonly TimeProvider _clock;
    private readonly Task<int> _call;

    public ServiceAnswer(
        IConversionQube qube, string service, Stream document, BoundedErrors errors, TimeProvider clock, CancellationToken cancellation)
    {
        _clock = clock;
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _call = RunAsync(qube, service, document, errors);
    }

    /// <summary>What the service writes to standard output; ends when the call does.</summary>
    public PipeReader Output => _pipe.Reader;

    /// <summary>The service's exit status, for which it has 15 s after the end of its answer.</summary>
    /// <exception cref="ConversionException">None came.</exception>
    public async Task<int> StatusAsync(CancellationToken cancellation)
    {
        try
        {
            int status = await _call.WaitAsync(StatusLimit, _clock, cancellation);
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
        await _pipe.Reader.CompleteAsync();
        await _end.CancelAsync();
        try
        {
            await _call;
        }
        catch (Exception ended) when (ended is OperationCanceledException or ToolException or ConversionException)
        {
            // It was to end, however; whoever wanted its status has asked before.
        }

        _end.Dispose();
    }

    private async Task<int> RunAsync(IConversionQube qube, string service, Stream document, BoundedErrors errors)
    {
        try
        {
            // Closed by the call when the service closes its output, which may be before it ends.
            await using Stream output = _pipe.Writer.AsStream();
            return await qube.CallAsync(service, document, output, errors, _end.Token);
        }
        catch (IOException broken)
        {
            throw new ConversionException($"the call broke: {broken.Message}", cause: broken);
        }
        finally
        {
            await _pipe.Writer.CompleteAsync();
        }
    }
}
