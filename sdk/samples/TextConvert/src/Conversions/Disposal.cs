using Acme.TextConvert.Guests;
using Acme.TextConvert.Settings;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Plugins;

namespace Acme.TextConvert.Conversions;

/// <summary>Opens one document in one disposable, which is gone afterwards, whatever happened. Used on the kernel loop.</summary>
internal sealed class Disposal(IQubes qubes, IDisposables disposables, IExtensions extensions, ConversionSettings settings)
{
    /// <param name="document">Hostile.</param>
    /// <param name="caller">Who wants it opened.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>What the disposable answered: as hostile as the document.</returns>
    /// <exception cref="QubesException">There is no template, no disposable to be had, or nobody who calls services in it.</exception>
    public async Task<GuestServiceResult> ConvertAsync(ReadOnlyMemory<byte> document, IQube caller, CancellationToken cancel)
    {
        // Asked anew each time: plugins come and go.
        var guests = extensions.All<IGuestServices>() is [var first, ..]
            ? first
            : throw new QubesException("no plugin calls services in qubes; the plugin Qrexec does");
        var disposable = await disposables.AcquireAsync(new DisposableRequest(TemplateFor(caller), caller), cancel);
        try
        {
            await disposable.StartAsync(cancel);
            return await guests.CallAsync(disposable, TextConvertInGuests.Service, user: null, document, cancel);
        }
        finally
        {
            await EndAsync(disposable);
        }
    }

    private IQube TemplateFor(IQube caller) => settings.Template is { } name
        ? qubes.Find(name)
        : caller.Properties.Get(QubeProperties.DefaultDispvm)
            ?? throw new QubesException($"'{caller.Name}' has no default_dispvm; set it, or the setting template of the plugin TextConvert");

    // Not cancelled by the caller's going: that is when it has to happen.
    private async Task EndAsync(IQube disposable)
    {
        if (disposable.PowerState != PowerState.Halted)
            await disposable.DestroyAsync(CancellationToken.None);
        else if (qubes.TryFind(disposable.Name, out _))
            await qubes.RemoveAsync(disposable, CancellationToken.None);
    }
}
