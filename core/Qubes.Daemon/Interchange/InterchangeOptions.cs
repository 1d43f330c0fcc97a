namespace Qubes.Daemon.Interchange;

/// <summary>What the command line of <c>qubesd-import</c> asks for.</summary>
/// <param name="File">To read, or to write; <c>-</c> is standard output.</param>
/// <param name="Exports">Writes the file.</param>
/// <param name="IsDry">Only says what an import would do.</param>
internal sealed record InterchangeOptions(string File, bool Exports, bool IsDry);
