using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Disposables;

/// <summary>What a caller wants.</summary>
/// <param name="Template">The disposable template.</param>
/// <param name="RequestedBy">The qube that asks; becomes the tags <c>created-by-NAME</c> and <c>disp-created-by-NAME</c>.</param>
public sealed record DisposableRequest(IQube Template, IQube RequestedBy);

/// <summary>Hands out disposables; the caller never learns where one came from.</summary>
public interface IDisposables
{
    /// <summary>
    /// A disposable nobody has had before: from the first source that has one, else newly made. A new one is not started.
    /// It is removed when it stops.
    /// </summary>
    /// <exception cref="QubesException">The template does not allow disposables.</exception>
    Task<IQube> AcquireAsync(DisposableRequest request, CancellationToken cancel);
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

/// <summary>
/// Extension point: disposables that were made ahead and that nobody has yet. They do not count as users of their template or
/// netvm, and read <c>is_preload</c>. Asked on the kernel loop, often: the answer comes from memory.
/// </summary>
public interface IDisposableReserve
{
    /// <summary>Whether the disposable is one of them.</summary>
    bool Holds(IQube disposable);
}
