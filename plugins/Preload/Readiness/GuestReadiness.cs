using System.Text;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Failures;
using Qubes.Plugins.Preload.Features;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Requests;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Readiness;

/// <summary>
/// Waits until a guest has started everything it wanted to (spec: preloaded disposables, T3), and has it warm up what its callers
/// will use.
/// </summary>
internal sealed class GuestReadiness(IExtensions extensions, RequestsInFlight requests, TimeProvider time, ILogger<GuestReadiness> log)
{
    private const int MostOutput = 4096;
    private const string WarmUp = "qubes.WarmUp";
    private static readonly PropertyKey<IQube> Guivm = new("guivm");

    /// <summary>Returns when the guest is ready, or at once when a caller wants it as it is.</summary>
    /// <exception cref="GuestNotReadyException">A service failed, or did not end within <c>qrexec_timeout</c>.</exception>
    /// <exception cref="OperationCanceledException">The preload was discarded.</exception>
    public async Task WaitAsync(PreloadLife preload)
    {
        if (preload.WhenRequested.IsCancellationRequested)
            return;
        var services = extensions.All<IGuestServices>() is [var first, ..]
            ? first
            : throw new GuestNotReadyException(
                StartFailureKind.NoServices, "No active plugin calls services in guests, so nobody can tell when one is ready");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(preload.WhenDiscarded, preload.WhenRequested);
        try
        {
            // A copy was ready before it was frozen: the call only spares its first caller a processor's translations. Where one
            // disposable is wanted after the other, making them costs less without.
            if (preload.Qube.Machine is { IsClone: true })
                await requests.WhenQuietAsync(either.Token);
            await Task.WhenAll(ServicesOf(preload.Qube).Select(s => CallAsync(services, preload.Qube, s, either.Token)));
            await WarmUpAsync(services, preload.Qube, either.Token);
        }
        catch (Exception e) when (IsAbout(e) && preload.WhenRequested.IsCancellationRequested)
        {
            preload.WhenDiscarded.ThrowIfCancellationRequested();
        }
    }

    private static bool IsAbout(Exception e) => e is QubesException or OperationCanceledException;

    private static IEnumerable<string> ServicesOf(IQube qube)
    {
        yield return "qubes.WaitForRunningSystem";
        if (qube.Properties.Get(Guivm) is not null && Has(qube, "gui") && Has(qube, "supported-feature.late-gui-daemon"))
            yield return "qubes.WaitForSession";
    }

    private static bool Has(IQube qube, string feature) => qube.Features.CheckWithTemplate(feature) is { Length: > 0 };

    // Cold or warm, the preload is as good as any: only its first caller would notice.
    private async Task WarmUpAsync(IGuestServices services, IQube qube, CancellationToken cancel)
    {
        // What a copy was copied from had been warmed up, or was not to be (plugin Cloning).
        if (qube.Machine is { IsClone: true })
            return;
        if (!Has(qube, "supported-rpc." + WarmUp) || qube.Features.CheckWithTemplate(PreloadFeatures.WarmUp) is "")
            return;
        try
        {
            await CallAsync(services, qube, WarmUp, cancel);
        }
        catch (GuestNotReadyException e)
        {
            Log.NotWarm(log, qube.Name, e.Message);
        }
    }

    private async Task CallAsync(IGuestServices services, IQube qube, string service, CancellationToken cancel)
    {
        var seconds = qube.Properties.Get(QubeProperties.QrexecTimeout);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            var result = await services.CallAsync(qube, service, user: null, default, either.Token).WaitAsync(either.Token);
            if (result.ExitCode != 0)
                throw new GuestNotReadyException(
                    StartFailureKind.ServiceFailed, $"{service} of '{qube.Name}' ended with {result.ExitCode}: {Said(result)}");
            if (result.Error.Length > 0)
                Log.ReadyButSays(log, qube.Name, service, Said(result));
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new GuestNotReadyException(
                StartFailureKind.ServiceTimedOut,
                $"{service} of '{qube.Name}' did not end within its qrexec_timeout of {seconds} s; " +
                $"to see why, run it in a disposable that is not preloaded: qvm-run -p --service --dispvm={qube.Template} {service}");
        }
    }

    // Never more than that, and nothing that a terminal or a log would obey.
    private static string Said(GuestServiceResult result)
    {
        var text = new StringBuilder();
        foreach (var b in ((byte[])[.. result.Output.Span, .. result.Error.Span]).Take(MostOutput))
            text.Append(b is >= 0x20 and <= 0x7e ? (char)b : '_');
        return text.ToString();
    }
}
