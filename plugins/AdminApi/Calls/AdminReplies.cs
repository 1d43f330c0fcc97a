using Microsoft.Extensions.Logging;
using Qubes.Plugins.AdminApi.Streams;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.AdminApi.Calls;

/// <summary>What a caller is answered, whatever becomes of its call (spec: Admin API, section 3.1).</summary>
internal sealed class AdminReplies(IKernelLoop loop, AdminCalls calls, ILogger<AdminReplies> logger)
{
    /// <summary>The last record of a connection; empty for nothing. Never throws.</summary>
    /// <param name="caller">Who calls, where that is known; null: whoever the request says.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="session">Takes the records before the last one.</param>
    /// <param name="isHere">The calling thread may be held for a turn of the kernel loop.</param>
    /// <param name="stopping">The daemon stops.</param>
    public async ValueTask<AdminReply> OfAsync(
        IQube? caller, AdminRequest request, StreamSession session, bool isHere, CancellationToken stopping)
    {
        try
        {
            Task<AdminAnswer?> Run() => calls.RunAsync(caller, request, session, stopping);
            AdminAnswer? answer = await (isHere ? loop.InvokeHereAsync(Run) : loop.InvokeAsync(Run));
            return answer is { } known ? AdminReply.Of(known) : AdminReply.Nothing;
        }
        catch (QubesException refusal)
        {
            return new AdminReply(AdminRecord.Refusal(refusal), default);
        }
        catch (NotAsciiException)
        {
            return AdminReply.Nothing;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return AdminReply.Nothing;
        }
        catch (Exception defect)
        {
            // Whatever a method of any plugin throws that is not a refusal: logged, and nothing for the client.
            Log.MethodFailed(logger, defect, new(request.Method), new(request.Destination));
            return AdminReply.Nothing;
        }
    }
}
