namespace Qubes.Qrexec.Protocol;

/// <summary>Figures of the protocol (spec: protocol, sections 1 and 2). Lengths are bytes.</summary>
public static class QrexecLimits
{
    /// <summary>The port of the control connection, which the agent serves.</summary>
    public const int ControlPort = 512;

    /// <summary>The first data port.</summary>
    public const int FirstDataPort = 513;

    /// <summary>The last data port.</summary>
    public const int LastDataPort = 768;

    /// <summary>Concurrent clients, ports and pending calls per daemon, each.</summary>
    public const int Concurrent = 256;

    /// <summary>Longest service name with argument.</summary>
    public const int ServiceName = 65000;

    /// <summary>Longest service name without argument: the file name limit.</summary>
    public const int ServiceNameWithoutArgument = 255;

    /// <summary>Longest body of a message that carries a command.</summary>
    public const int CommandBody = 65535;

    /// <summary>Width of a domain's name, its NUL padding included.</summary>
    public const int NameWidth = 64;

    /// <summary>Longest data message under protocol 2.</summary>
    public const int SmallChunk = 4096;

    /// <summary>Longest data message from protocol 3 on.</summary>
    public const int LargeChunk = 65536;

    /// <summary>The longest body that a well-behaved peer may announce for a type; -1 for types that are unknown.</summary>
    public static int MaxBody(MessageType type, int version) => type switch
    {
        MessageType.DataStdin or MessageType.DataStdout or MessageType.DataStderr or MessageType.DataExitCode
            => ProtocolVersion.MaxChunk(version),
        MessageType.ExecCmdline or MessageType.JustExec => CommandBody,
        MessageType.ServiceConnect => ExecParameters.Size + RequestId.Width,
        MessageType.ServiceRefused => RequestId.Width,
        MessageType.TriggerService => NameWidth + NameWidth / 2 + RequestId.Width,
        MessageType.ConnectionTerminated => ExecParameters.Size,
        MessageType.TriggerService3 => NameWidth + RequestId.Width + ServiceName,
        MessageType.TriggerService4 => 2 * NameWidth + RequestId.Width + ServiceName,
        MessageType.Hello => 4,
        _ => -1,
    };
}
