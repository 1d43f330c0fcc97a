namespace Qubes.Qrexec.Data;

/// <summary>A service that could not be started: no output, and a status (spec: protocol, section 7).</summary>
/// <param name="status">127 = not found, 126 = refused, 125 = trouble.</param>
public sealed class UnstartedService(int status) : IRunningService
{
    /// <inheritdoc/>
    public Stream Input => Stream.Null;

    /// <inheritdoc/>
    public Stream Output => Stream.Null;

    /// <inheritdoc/>
    public Stream? Error => null;

    /// <inheritdoc/>
    public Task<int> Ended { get; } = Task.FromResult(status);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
