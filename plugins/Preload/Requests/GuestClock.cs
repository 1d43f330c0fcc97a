using System.Globalization;
using System.Text;
using Qubes.Plugins.Preload.Work;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Requests;

/// <summary>
/// A machine that was paused has missed the time, and its guest believes it is still the moment of its boot. It is told when it is
/// taken into use, if it can be; off its caller's path.
/// </summary>
internal sealed class GuestClock(IExtensions extensions, BackgroundWork background, TimeProvider time)
{
    private const string Service = "qubes.SetDateTime";
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    public void Set(IQube qube)
    {
        if (qube.Features.CheckWithTemplate("supported-rpc." + Service) is { Length: > 0 }
            && extensions.All<IGuestServices>() is [var services, ..])
            background.Start($"setting the clock of '{qube.Name}'", stop => SetAsync(services, qube, stop));
    }

    // time = date "T" hour ":" minute ":" second "+00:00"
    private async Task SetAsync(IGuestServices services, IQube qube, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        var now = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss+00:00", CultureInfo.InvariantCulture);
        try
        {
            await services.CallAsync(qube, Service, "root", Encoding.ASCII.GetBytes(now + "\n"), either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // Its clock is its own matter again.
        }
    }
}
