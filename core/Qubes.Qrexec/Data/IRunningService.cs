namespace Qubes.Qrexec.Data;

/// <summary>
/// A service that runs, as its session sees it. Reads and writes of its streams heed cancellation. Disposing closes the streams and returns
/// when the service has ended, by force where it does not end by itself.
/// </summary>
public interface IRunningService : IAsyncDisposable
{
    /// <summary>Takes the caller's input; disposing of it closes the service's standard input, at once.</summary>
    Stream Input { get; }

    /// <summary>Gives the service's standard output.</summary>
    Stream Output { get; }

    /// <summary>Gives its standard error; null where the caller gets none.</summary>
    Stream? Error { get; }

    /// <summary>Completes with the exit code when the service has ended; never faults.</summary>
    Task<int> Ended { get; }
}
