using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Disposables;

/// <summary>
/// Extension point: disposables that are started before anyone asks for one (spec: preloaded disposables). Nobody's
/// (<see cref="IUnclaimedQubes"/>) are its preloads and those that were discarded and are about to be gone. Used on the kernel loop.
/// </summary>
public interface IPreloads : IUnclaimedQubes
{
    /// <summary>In its template's queue, or taken from it and not handed over yet: the property <c>is_preload</c>.</summary>
    bool IsPreload(IQube qube);

    /// <summary>Starts what the template's queue lacks, or discards what it has too many; returns when that is done.</summary>
    /// <param name="template">The disposable template.</param>
    /// <param name="cancel">Ends the waiting, not the work.</param>
    /// <exception cref="InvalidValueException">The template lacks a service that preloading needs.</exception>
    /// <exception cref="QubesException">The template does not allow disposables, or one could not be started.</exception>
    Task FillAsync(IQube template, CancellationToken cancel);
}
