using System.Text;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Cloning.Building;

/// <summary>Waits until a guest that is to be frozen has started everything, and has it do what its copies are to find done.</summary>
internal sealed class Warming(IExtensions extensions, TimeProvider time, ILogger<Warming> log)
{
    private const int MostOutput = 1024;
    private static readonly PropertyKey<IQube> Guivm = new("guivm");

    /// <summary>Each service within the qube's <c>qrexec_timeout</c>; one of the recipe that fails is logged, and no more.</summary>
    /// <exception cref="QubeException">The guest does not become ready.</exception>
    public async Task WarmAsync(IQube qube, IReadOnlyList<string> recipe, CancellationToken cancel)
    {
        if (extensions.All<IGuestServices>() is not [var services, ..])
            throw new QubeException("No active plugin calls services in guests, so nobody can tell when one is ready");
        await Task.WhenAll(ReadinessServicesOf(qube).Select(s => CallAsync(services, qube, s, cancel)));
        foreach (var service in recipe)
        {
            try
            {
                await CallAsync(services, qube, service, cancel);
            }
            catch (QubesException e) when (qube.Machine is not null)
            {
                Log.NotWarm(log, qube.Name, service, e.Message);
            }
        }
    }

    private static IEnumerable<string> ReadinessServicesOf(IQube qube)
    {
        if (Has(qube, "supported-rpc.qubes.WaitForRunningSystem"))
            yield return "qubes.WaitForRunningSystem";
        if (qube.Properties.Get(Guivm) is not null && Has(qube, "gui") && Has(qube, "supported-feature.late-gui-daemon"))
            yield return "qubes.WaitForSession";
    }

    private static bool Has(IQube qube, string feature) => qube.Features.CheckWithTemplate(feature) is { Length: > 0 };

    private async Task CallAsync(IGuestServices services, IQube qube, string service, CancellationToken cancel)
    {
        var seconds = qube.Properties.Get(QubeProperties.QrexecTimeout);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            var result = await services.CallAsync(qube, service, user: null, default, either.Token).WaitAsync(either.Token);
            if (result.ExitCode != 0)
                throw new QubeException($"{service} ended with {result.ExitCode}: {Said(result)}");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new QubeException($"{service} did not end within its qrexec_timeout of {seconds} s");
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
