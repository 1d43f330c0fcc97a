namespace Qubes.Qrexec.Protocol;

/// <summary>Types of qrexec messages (spec: protocol, section 2).</summary>
public enum MessageType
{
    /// <summary>No message; never on the wire.</summary>
    None = 0,

    /// <summary>Caller → service: bytes of standard input, empty at its end.</summary>
    DataStdin = 0x190,

    /// <summary>Service → caller: bytes of standard output, empty at its end.</summary>
    DataStdout = 0x191,

    /// <summary>Service → caller: bytes of standard error, empty at its end.</summary>
    DataStderr = 0x192,

    /// <summary>Service → caller: four bytes, signed.</summary>
    DataExitCode = 0x193,

    /// <summary>Run a command and connect its streams.</summary>
    ExecCmdline = 0x200,

    /// <summary>Run a command whose streams are not connected.</summary>
    JustExec = 0x201,

    /// <summary>The call that an agent asked for was accepted: where to serve its data connection.</summary>
    ServiceConnect = 0x202,

    /// <summary>The call that an agent asked for was refused.</summary>
    ServiceRefused = 0x203,

    /// <summary>Agent → daemon under protocol 2: a call from the guest.</summary>
    TriggerService = 0x210,

    /// <summary>Agent → daemon: a data connection has ended.</summary>
    ConnectionTerminated = 0x211,

    /// <summary>Agent → daemon from protocol 3: a call from the guest.</summary>
    TriggerService3 = 0x212,

    /// <summary>Agent → daemon from protocol 4: a call from the guest, in the name of another source.</summary>
    TriggerService4 = 0x213,

    /// <summary>Both: the version of the protocol.</summary>
    Hello = 0x300,
}
