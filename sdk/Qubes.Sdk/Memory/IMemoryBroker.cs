using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Memory;

/// <summary>Extension point: knows how the host's memory is shared out, and shares it out. Used on the kernel loop.</summary>
public interface IMemoryBroker
{
    /// <summary>Bytes that new qubes may be given now; null: it cannot say. A reading, not a reservation.</summary>
    long? AvailableBytes { get; }

    /// <summary>How short of memory the host is.</summary>
    MemoryPressure Pressure { get; }

    /// <summary>
    /// Frees memory for a machine that is about to start, by taking it from others that have more than they need, and keeps it until
    /// the claim is disposed of: then the machine itself holds it. Claims of several qubes do not wait for each other.
    /// </summary>
    /// <param name="qube">Whose machine.</param>
    /// <param name="bytes">What it takes, beside what the process around it takes.</param>
    /// <param name="cancel">Gives up; what others gave back stays free.</param>
    /// <exception cref="OutOfMemoryQubeException">It cannot be had.</exception>
    Task<IAsyncDisposable> ClaimAsync(IQube qube, long bytes, CancellationToken cancel);

    /// <summary>
    /// Has a running qube give back what it does not prefer to have (spec: qmemman, section 6): before a preload is paused. Ends by itself:
    /// within a time limit, and sooner when the guest makes no progress.
    /// </summary>
    /// <param name="qube">Left alone from then on until <see cref="Release"/>, or its end.</param>
    /// <param name="cancel">Gives up at once; the qube may have its memory back.</param>
    Task<ShrinkOutcome> ShrinkAsync(IQube qube, CancellationToken cancel);

    /// <summary>A qube that was shrunk is used: it is balanced like any other, and may grow at once. Returns without waiting for that.</summary>
    void Release(IQube qube);
}
