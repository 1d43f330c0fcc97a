using System.Diagnostics;
using System.Text;
using Qubes.Plugins.AdminApi.Streams;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.AdminApi.Calls;

/// <summary>Carries out a framed request. Used on the kernel loop.</summary>
internal sealed class AdminCalls(IQubes qubes, MethodTable methods, IEventBus events)
{
    /// <summary>
    /// The answer's text; null when the answer was a stream. Whatever is thrown and is no <see cref="QubesException"/> is
    /// answered with nothing.
    /// </summary>
    public async Task<string?> RunAsync(AdminRequest request, StreamSession session, CancellationToken stopping)
    {
        IQube source = QubeToken.Resolve(qubes, request.Source, "source");
        IQube destination = QubeToken.Resolve(qubes, request.Destination, "destination");
        if (!Ascii.IsValid(request.Argument))
            throw new NotAsciiException("argument");
        AdminMethod method = methods.Find(request.Method)
            ?? throw new ProtocolException($"no such method: '{request.Method}'");

        var call = new AdminCall(method.Name, source, destination, request.Argument, request.Payload);
        CallRules.Check(method, call);
        BuiltInDenials.Check(call);
        events.Fire(new AdminPermission(source, method.Name, destination, call.Argument));

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
