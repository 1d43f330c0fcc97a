namespace Qubes.Tools.Calls;

/// <summary>Calls services in running qubes and carries their data.</summary>
internal interface IServiceCalls
{
    /// <summary>
    /// Runs the call to its end. <paramref name="input"/> is copied to the service's standard input until end of file, which
    /// closes
    /// it; what the service writes is copied out. Bounded memory: a slow reader slows the service down.
    /// </summary>
    /// <returns>
    /// The service's exit status: 0–255; 125 trouble within qrexec, 126 refused, 127 no such service, 255 the connection ended
    /// before
    /// a status came.
    /// </returns>
    /// <exception cref="Hosting.ToolException">The qube's qrexec socket is absent or does not speak the protocol.</exception>
    Task<int> RunAsync(ServiceCall call, Stream input, Stream output, Stream errors, CancellationToken cancellation);
}
