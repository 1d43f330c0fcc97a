using Microsoft.Extensions.Logging;
using Qubes.Kernel.Domains;
using Qubes.Kernel.Domains.Declarations;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Disposables;

/// <summary>Asks every source in turn, and makes a disposable itself when none has one.</summary>
internal sealed class DisposableService(QubeRegistry qubes, KernelContext context) : IDisposables
{
    private readonly ILogger log = context.Logs.CreateLogger<DisposableService>();

    public async Task<IQube> AcquireAsync(DisposableRequest request, CancellationToken cancel)
    {
        RequireDisposableTemplate(request.Template);
        request = await ChosenAsync(request, cancel);
        foreach (var source in context.Extensions.All<IDisposableSource>())
        {
            if (await AskAsync(source, request, cancel) is { } ready)
                return Marked(ready, request);
        }
        Domains.Log.NoneReady(log, request.Template.Name);
        return Marked(await qubes.CreateDisposableAsync((Qube)request.Template, request.RequestedBy, cancel), request);
    }

    public async Task<IQube> PrepareAsync(IQube template, Action<IQube> added, CancellationToken cancel)
    {
        RequireDisposableTemplate(template);
        return await qubes.CreateDisposableAsync((Qube)template, added, cancel);
    }

    private static void RequireDisposableTemplate(IQube template)
    {
        if (!ReferenceDeclarations.IsDisposableTemplate(template))
            throw new QubesException($"'{template.Name}' cannot be the base of a disposable: template_for_dispvms is not set on it");
    }

    private async Task<DisposableRequest> ChosenAsync(DisposableRequest request, CancellationToken cancel)
    {
        foreach (var chooser in context.Extensions.All<IDisposableChooser>())
        {
            try
            {
                if (await chooser.ChooseAsync(request, cancel) is not { } template)
                    continue;
                RequireDisposableTemplate(template);
                return request with { Template = template };
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                Domains.Log.SourceFailed(log, chooser.GetType().FullName ?? "?", e);
            }
        }
        return request;
    }

    private async Task<IQube?> AskAsync(IDisposableSource source, DisposableRequest request, CancellationToken cancel)
    {
        try
        {
            return await source.TryAcquireAsync(request, cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            Domains.Log.SourceFailed(log, source.GetType().FullName ?? "?", e);
            return null;
        }
    }

    private static IQube Marked(IQube disposable, DisposableRequest request)
    {
        disposable.Tags.Add("created-by-" + request.RequestedBy.Name);
        disposable.Tags.Add("disp-created-by-" + request.RequestedBy.Name);
        return disposable;
    }
}
