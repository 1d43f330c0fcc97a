using Qubes.Sdk.Admin;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.AdminApi.Methods.Creation;

/// <summary><c>admin.vm.CreateDisposable</c> (spec: Admin API, section 7.2).</summary>
internal sealed class DisposableMethods(IDisposables disposables, IExtensions extensions) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        new AnsweringMethod(
            "admin.vm.CreateDisposable", AdminDestination.Any, Presence.Optional, Presence.Optional, CreateAsync),
    ];

    private async ValueTask<AdminAnswer> CreateAsync(AdminCall call, CancellationToken cancel)
    {
        if (call.Argument == "preload")
            return await PreloadAsync(call, cancel);
        if (call.Argument.Length > 0)
            throw new PermissionDeniedException("Argument not in 'empty or preload'");
        bool asUuid = call.Payload.Span.SequenceEqual("uuid"u8);
        if (!asUuid && !call.Payload.IsEmpty)
            throw new ProtocolException("unexpected payload: expected nothing or uuid");

        IQube disposable = await disposables.AcquireAsync(new(TemplateOf(call), call.Source), cancel);
        return asUuid ? $"uuid:{disposable.Uuid:D}" : disposable.Name;
    }

    private async ValueTask<AdminAnswer> PreloadAsync(AdminCall call, CancellationToken cancel)
    {
        if (extensions.All<IPreloads>() is not [var preloads, ..])
            throw new NotImplementedQubesException("Disposables cannot be preloaded: no plugin here does it.");
        await preloads.FillAsync(TemplateOf(call), cancel);
        return "";
    }

    private static IQube TemplateOf(AdminCall call) => call.Destination.Class == QubeClass.AdminVM
        ? call.Source.Properties.Get(QubeProperties.DefaultDispvm)
            ?? throw new QubesException($"'{call.Source.Name}' has no default_dispvm: name a disposable template.")
        : call.Destination;
}
