using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Requests;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Leases;

/// <summary>Obtains one disposable of a batch: a preload, or a new one, which is started. One that fails is replaced.</summary>
internal sealed class LeaseDraw(IDisposables disposables, IQubes qubes, RequestsInFlight requests, ILogger<LeaseDraw> log)
{
    private const int MostAttempts = 3;

    /// <summary>However many single requests there are, batches get on, too.</summary>
    private static readonly TimeSpan LongestYield = TimeSpan.FromSeconds(5);

    /// <exception cref="QubesException">Several could not be had; nothing of them stays.</exception>
    public async Task<IQube> DrawAsync(DisposableRequest request, CancellationToken cancel)
    {
        await requests.WhenNoneAsync(orInUse: false, cancel, LongestYield);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RunningAsync(await disposables.AcquireAsync(request with { IsAnnounced = true }, cancel), cancel);
            }
            catch (QubesException e) when (attempt < MostAttempts && qubes.Contains(request.Template))
            {
                Log.DrawFailed(log, request.Template.Name, e.Message);
            }
        }
    }

    /// <summary>Ends a disposable that its lease's holder will not use any more; quiet when it has ended.</summary>
    public async Task EndAsync(IQube disposable)
    {
        try
        {
            if (!qubes.Contains(disposable))
                return;
            if (disposable.PowerState == PowerState.Halted)
                await qubes.RemoveAsync(disposable, CancellationToken.None);
            else
                await disposable.DestroyAsync(CancellationToken.None);
        }
        catch (QubesException e)
        {
            if (qubes.Contains(disposable))
                Log.NotRemoved(log, disposable.Name, e.Message);
        }
    }

    // A preload runs already.
    private async Task<IQube> RunningAsync(IQube disposable, CancellationToken cancel)
    {
        try
        {
            await disposable.StartAsync(cancel);
            return disposable;
        }
        catch (Exception e) when (e is QubesException or OperationCanceledException)
        {
            await EndAsync(disposable);
            throw;
        }
    }
}
