using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Disposables;

/// <summary>What a caller wants.</summary>
/// <param name="Template">The disposable template.</param>
/// <param name="RequestedBy">The qube that asks; becomes the tags <c>created-by-NAME</c> and <c>disp-created-by-NAME</c>.</param>
public sealed record DisposableRequest(IQube Template, IQube RequestedBy)
{
    /// <summary>
    /// It is part of a batch that was announced (<see cref="IDisposableLeases"/>): nothing is to be learnt from it, and it holds up
    /// nothing.
    /// </summary>
    public bool IsAnnounced { get; init; }
}

/// <summary>Hands out disposables; the caller never learns where one came from.</summary>
public interface IDisposables
{
    /// <summary>
    /// A disposable nobody has had before: from the first source that has one, else newly made. A new one is not started.
    /// It is removed when it stops.
    /// </summary>
    /// <exception cref="QubesException">The template does not allow disposables.</exception>
    Task<IQube> AcquireAsync(DisposableRequest request, CancellationToken cancel);

    /// <summary>
    /// Makes a disposable that nobody asked for yet, without the tags that name who did, and does not start it. It is removed
    /// when it stops.
    /// </summary>
    /// <param name="template">The disposable template.</param>
    /// <param name="added">
    /// Called in the same turn, before the first await, when the qube is registered and was announced; what it throws undoes that.
    /// </param>
    /// <param name="cancel">Ends the making; nothing of the qube stays.</param>
    /// <exception cref="QubesException">The template does not allow disposables.</exception>
    Task<IQube> PrepareAsync(IQube template, Action<IQube> added, CancellationToken cancel);
}

/// <summary>
/// Extension point: offers a ready disposable before the kernel makes one. Asked on the kernel loop in registration order;
/// a source that throws is logged and passed over, so that it never costs a caller its disposable.
/// </summary>
public interface IDisposableSource
{
    /// <summary>A disposable that is this caller's alone from now on, or null.</summary>
    Task<IQube?> TryAcquireAsync(DisposableRequest request, CancellationToken cancel);
}
