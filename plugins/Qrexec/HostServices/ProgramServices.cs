using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Rpc;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qrexec.HostServices;

/// <summary>
/// Services in the host's directories: programs, Unix sockets and TCP ports (spec: protocol, section 9). None is used that others than root
/// and the daemon's user could have put there or changed.
/// </summary>
internal sealed class ProgramServices(QubesPaths paths, TimeProvider time, ILogger<ProgramService> logger) : IHostServiceKind
{
    /// <summary>For a socket to take the connection.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ServiceLookup lookup = new(
        $"{paths.Root}/run/qubes-rpc:{paths.Root}/usr/local/etc/qubes-rpc:{paths.Root}/etc/qubes-rpc",
        $"{paths.Root}/run/qubes/rpc-config:{paths.Root}/usr/local/etc/qubes/rpc-config:{paths.Root}/etc/qubes/rpc-config")
    {
        Distrust = FileTrust.Distrust,
    };

    public async ValueTask<IRunningService?> TryStartAsync(HostCall call, CancellationToken cancel)
    {
        FoundService found = lookup.Find(call.Descriptor);
        ServiceConfiguration configuration = lookup.Configuration(call.Descriptor);
        if (configuration.UnknownKeys.Count > 0)
            Log.HostServiceKeysUnknown(logger, new(call.Descriptor.FullName), new(string.Join(", ", configuration.UnknownKeys)));
        return found.Kind == ServiceKind.Program
            ? ProgramService.Start(found.Path, call, configuration.ForceUser, paths.Root, time, logger)
            : await ConnectAsync(found, call.Descriptor, configuration, cancel);
    }

    private async Task<SocketService> ConnectAsync(
        FoundService found, ServiceDescriptor descriptor, ServiceConfiguration configuration, CancellationToken cancel)
    {
        byte[] greeting = configuration.SkipServiceDescriptor == true ? [] : Encoding.UTF8.GetBytes(descriptor + "\0");
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        try
        {
            EndPoint endpoint = found.Endpoint ?? (EndPoint)new UnixDomainSocketEndPoint(found.Path);
            return await SocketService.ConnectAsync(
                endpoint, greeting, configuration.ExitOnClientEof == true, configuration.ExitOnServiceEof == true, either.Token);
        }
        catch (SocketException e)
        {
            throw new ServiceException(ServiceException.Trouble, $"{found.Path} does not take the call: {e.SocketErrorCode}");
        }
        catch (ArgumentException)
        {
            throw new ServiceException(ServiceException.Trouble, $"{found.Path} is longer than a socket's path may be");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new ServiceException(ServiceException.Trouble, $"{found.Path} does not take the call: it did not answer in time");
        }
    }
}
