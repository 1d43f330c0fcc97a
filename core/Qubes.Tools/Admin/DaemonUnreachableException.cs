using Qubes.Tools.Hosting;

namespace Qubes.Tools.Admin;

/// <summary>No daemon answers at the socket.</summary>
internal sealed class DaemonUnreachableException(ToolPaths paths, string socket, string reason, Exception cause)
    : ToolException($"cannot reach qubesd at {socket}: {reason}; start it with: {paths.StartCommand}", cause: cause);
