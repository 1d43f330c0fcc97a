namespace Qubes.Qrexec.Data;

/// <summary>The local ends of a call; the session closes none but <see cref="Output"/>, when the service closes its own.</summary>
/// <param name="Input">Becomes the service's standard input.</param>
/// <param name="Output">Receives its standard output.</param>
/// <param name="Error">Receives its standard error; null to drop that.</param>
public sealed record CallerStreams(Stream Input, Stream Output, Stream? Error)
{
    /// <summary>Sent before the input.</summary>
    public ReadOnlyMemory<byte> Prefix { get; init; }
}
