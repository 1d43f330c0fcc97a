using System.Net;

namespace Qubes.Qrexec.Rpc;

/// <summary>What serves a call.</summary>
/// <param name="Path">Where it was found.</param>
/// <param name="Kind">What is there.</param>
/// <param name="Endpoint">Where to connect; set exactly for <see cref="ServiceKind.Tcp"/>.</param>
public sealed record FoundService(string Path, ServiceKind Kind, IPEndPoint? Endpoint = null);
