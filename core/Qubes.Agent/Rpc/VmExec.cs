using Qubes.Agent.Native;
using Qubes.Agent.Processes;
using Qubes.Qrexec.Protocol;

namespace Qubes.Agent.Rpc;

/// <summary>The service <c>qubes.VMExec</c>: becomes the program that its argument encodes (spec: protocol, section 10).</summary>
internal static class VmExec
{
    private const int Malformed = 1;
    private const int CannotRun = 126;
    private const int NotFound = 127;

    /// <summary>Runs it; returns a status only if that failed.</summary>
    public static unsafe int Run(string argument)
    {
        if (VmExecEncoding.TryDecode(argument) is not { } words || words[0].Length == 0)
        {
            AgentLog.Write("qubes.VMExec: the argument is not an encoded command line");
            return Malformed;
        }

        using var arguments = new NativeStrings(words);
        var error = Libc.Execute(arguments.Pointer);
        AgentLog.Write($"qubes.VMExec: {new SystemCallException("exec", error).Message}");
        return error == Errno.NoEntry ? NotFound : CannotRun;
    }
}
