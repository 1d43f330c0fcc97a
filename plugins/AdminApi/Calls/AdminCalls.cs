using System.Diagnostics;
using System.Text;
using Qubes.Plugins.AdminApi.Streams;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.AdminApi.Calls;

/// <summary>Carries out framed requests to one socket's methods. Used on the kernel loop.</summary>
/// <param name="qubes">Whom requests are from and about.</param>
/// <param name="methods">What may be asked.</param>
/// <param name="asked">Where permission is asked for every call; null: the methods see to that themselves.</param>
internal sealed class AdminCalls(IQubes qubes, IMethodLookup methods, IEventBus? asked)
{
    /// <summary>
    /// The answer; null when it was a stream. Whatever is thrown and is no <see cref="QubesException"/> is answered with
    /// nothing.
    /// </summary>
    /// <param name="caller">Who calls, where that is known in another way than by the request, whose source does not count then.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="session">For the answer that is a stream.</param>
    /// <param name="stopping">The daemon stops.</param>
    public async Task<AdminAnswer?> RunAsync(IQube? caller, AdminRequest request, StreamSession session, CancellationToken stopping)
    {
        if (caller is not null && !qubes.Contains(caller))
            throw new QubeNotFoundException($"No such domain: '{caller.Name}'");
        IQube source = caller ?? QubeToken.Resolve(qubes, request.Source, "source");
        IQube destination = QubeToken.Resolve(qubes, request.Destination, "destination");
        if (!Ascii.IsValid(request.Argument))
            throw new NotAsciiException("argument");
        AdminMethod method = methods.Find(request.Method)
            ?? throw new ProtocolException($"no such method: '{request.Method}'");

        var call = new AdminCall(method.Name, source, destination, request.Argument, request.Payload);
        CallRules.Check(method, call);
        if (asked is not null)
            call = Allowed(call, asked);

        switch (method)
        {
            case AnsweringMethod answering:
                return await answering.Handler(call, stopping);
            case StreamingMethod streaming:
                await StreamAsync(streaming, call, session);
                return null;
            default:
                throw new UnreachableException();
        }
    }

    private static AdminCall Allowed(AdminCall call, IEventBus asked)
    {
        BuiltInDenials.Check(call);
        var permission = new AdminPermission(call.Source, call.Method, call.Destination, call.Argument, call.Payload);
        asked.Fire(permission);
        BuiltInDenials.CheckJudged(call, permission);
        return call with { Permission = permission };
    }

    private static async Task StreamAsync(StreamingMethod method, AdminCall call, StreamSession session)
    {
        try
        {
            await method.Handler(call, session.Open(), session.Over);
        }
        catch (OperationCanceledException) when (session.Over.IsCancellationRequested)
        {
            // The client left, fell behind, or the daemon stops: the ordinary end of a stream.
        }
    }
}
