using System.Text;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qrexec.Judging;

/// <summary>Calls the services by which a GUI qube asks and tells its user.</summary>
internal sealed class GuiQubes(Lazy<IGuestServices> services, IQubes qubes, IKernelLoop loop)
{
    /// <returns>What the service wrote, without a line feed at its end; null if it could not be called or failed.</returns>
    public async Task<string?> CallAsync(string gui, string service, ReadOnlyMemory<byte> input, CancellationToken cancel)
    {
        try
        {
            GuestServiceResult? result = await loop.InvokeAsync(async () =>
                qubes.TryFind(gui, out IQube? qube) && qube.PowerState == PowerState.Running
                    ? await services.Value.CallAsync(qube, service, null, input, cancel)
                    : null).ConfigureAwait(false);
            // What is not ASCII becomes what no answer is.
            return result is { ExitCode: 0 } ? Encoding.ASCII.GetString(result.Output.Span).TrimEnd('\n') : null;
        }
        catch (QubesException)
        {
            // Its agent left: as good as not running.
            return null;
        }
    }
}
