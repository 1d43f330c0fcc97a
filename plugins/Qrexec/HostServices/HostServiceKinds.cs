using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Rpc;
using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.HostServices;

/// <summary>The services of the host, kind after kind: the first one that knows a service serves it.</summary>
internal sealed class HostServiceKinds(
    AdminServices admin, PluginServices ofPlugins, ProgramServices programs, TimeProvider time, ILogger<HostServiceKinds> logger) : IHostServices
{
    /// <summary>For a caller to say HELLO.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Methods of the daemon's own sockets that no policy can open to qubes.</summary>
    private const string InternalPrefix = "internal.";

    private readonly IHostServiceKind[] kinds = [admin, ofPlugins, programs];

    public async Task ServeAsync(CallSource source, ServiceDescriptor service, IVchan caller, CancellationToken cancel)
    {
        try
        {
            int version = await GreetAsync(caller, cancel);
            IRunningService running = await StartAsync(new HostCall(source, service), cancel);
            ServiceOutcome outcome = await ServiceSession.RunAsync(caller, version, running, cancel);
            if (outcome.Violation is { } violation)
                Log.HostCallerViolation(logger, source.Name, new(service.FullName), new(violation));
            if (outcome.IgnoredMessages > 0)
                Log.HostCallerMessagesIgnored(logger, source.Name, new(service.FullName), outcome.IgnoredMessages);
            Log.HostServiceEnded(logger, source.Name, new(service.FullName), outcome.ExitCode);
        }
        catch (QrexecViolationException e)
        {
            Log.HostCallerViolation(logger, source.Name, new(service.FullName), new(e.Message));
        }
        catch (Exception e) when (e is EndOfStreamException or VchanClosedException)
        {
            Log.HostCallerLeft(logger, source.Name, new(service.FullName));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            Log.HostCallerLeft(logger, source.Name, new(service.FullName));
        }
    }

    private async Task<int> GreetAsync(IVchan caller, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        return await DataHandshake.ExchangeAsync(caller, sendFirst: false, either.Token);
    }

    private async Task<IRunningService> StartAsync(HostCall call, CancellationToken cancel)
    {
        try
        {
            if (!call.Descriptor.Service.StartsWith(InternalPrefix, StringComparison.Ordinal))
            {
                foreach (IHostServiceKind kind in kinds)
                {
                    if (await kind.TryStartAsync(call, cancel) is { } running)
                        return running;
                }
            }
            throw new ServiceException(ServiceException.NotFound, "the host has no such service");
        }
        catch (ServiceException e)
        {
            Log.HostServiceNotServed(logger, call.Source.Name, new(call.Descriptor.FullName), e.Status, new(e.Message));
            return new UnstartedService(e.Status);
        }
    }
}
