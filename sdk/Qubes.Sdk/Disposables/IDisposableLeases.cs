using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Disposables;

/// <summary>
/// Extension point: disposables in batches. Who announces how many it will need gets them one by one, as fast as the machine makes
/// them, in fair turns with others' batches, and never before a request for a single one that waits. Used on the kernel loop.
/// </summary>
public interface IDisposableLeases
{
    /// <summary>Announces a batch. Until the lease ends, preloads of the template are made for it, too.</summary>
    /// <param name="request">The disposable template, and for whom.</param>
    /// <param name="count">How many will be wanted, 1 to 1000.</param>
    /// <exception cref="InvalidValueException"><paramref name="count"/> is outside its range.</exception>
    /// <exception cref="QubesException">The template does not allow disposables, or there are too many leases.</exception>
    IDisposableLease Begin(DisposableRequest request, int count);
}

/// <summary>A batch that was announced. Used on the kernel loop.</summary>
public interface IDisposableLease
{
    /// <summary>Where its disposables come from.</summary>
    IQube Template { get; }

    /// <summary>How it stands now.</summary>
    LeaseStanding Standing { get; }

    /// <summary>
    /// The next one: it runs, nobody has had it before, and it is the caller's alone. One that cannot be started is replaced; after three
    /// of them the error is the caller's, and still counts for none of those announced.
    /// </summary>
    /// <param name="cancel">Ends the waiting. What is on its way then is kept for the next call.</param>
    /// <exception cref="QubesException">All were given, the lease has ended, or none could be started.</exception>
    Task<IQube> NextAsync(CancellationToken cancel);

    /// <summary>Wants no more. What was given stays its caller's.</summary>
    void End();
}

/// <summary>How a lease stands.</summary>
/// <param name="Count">How many were announced.</param>
/// <param name="Given">How many its holder has got.</param>
/// <param name="Waiting">How many it waits for now; 0 or more.</param>
/// <param name="Position">The place of the next of these among all batches of the template: 1 is next, 0 on its way or none wanted.</param>
/// <param name="Wait">How long that one is expected to take, from what the last ones took; null: not known, or nothing is waited for.</param>
public sealed record LeaseStanding(int Count, int Given, int Waiting, int Position, TimeSpan? Wait);
