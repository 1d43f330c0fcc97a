using System.Collections;
using System.Text;
using Qubes.Client.Calling;
using Qubes.Client.Native;

namespace Qubes.Client.Programs;

/// <summary>
/// The program that serves this side of a call. Its standard input is a socket, its standard output a pipe; on signal USR1 the
/// socket takes the pipe's place, for programs that use one socket both ways.
/// </summary>
internal sealed class LocalProgram
{
    private readonly int process;
    private readonly int socket;
    private readonly int requests = Libc.WatchUserSignal();
    private int output;
    private bool usesSocket;

    /// <summary>
    /// Makes sure that signal USR1 only ever shows at a descriptor, in its place between other events. Some threads of the runtime
    /// are there before any of our code: they, too, have to keep it blocked, so the program may have to begin anew.
    /// </summary>
    /// <exception cref="SystemCallException">It cannot begin anew.</exception>
    public static unsafe void BlockSignal()
    {
        if (Libc.BlockUserSignal())
            return;
        using var arguments = new NativeStrings(Libc.CommandLine());
        throw new SystemCallException("exec", Libc.ExecuteSelf(arguments.Pointer));
    }

    /// <summary>Starts it.</summary>
    /// <param name="count">How many of the last words of our own command line are its path and its arguments.</param>
    /// <exception cref="SystemCallException">It cannot be started.</exception>
    public unsafe LocalProgram(int count)
    {
        (socket, var theirs) = Libc.SocketPair();
        (output, var writing) = Descriptors.Pipe();
        using var arguments = new NativeStrings(Libc.CommandLine()[^count..]);
        using var environment = new NativeStrings(Variables());
        process = Libc.Spawn(arguments.Pointer, environment.Pointer, theirs, writing);
        Descriptors.Close(theirs);
        Descriptors.Close(writing);
    }

    /// <summary>Becomes readable when the program asks for <see cref="UseSocket"/>; -1 once it did.</summary>
    public int SocketRequests => usesSocket ? -1 : requests;

    /// <summary>Whether the program asks for it now.</summary>
    public bool IsSocketRequested => !usesSocket && Libc.Poll([new PollEntry(requests, PollEntry.In)], 0) > 0;

    /// <summary>Its ends, as those of a call.</summary>
    public CallEnds Ends(Sink error) => new(output, new Sink(socket, false), error) { Program = this };

    /// <summary>From now on what it writes is read from the socket, which is returned.</summary>
    public int UseSocket()
    {
        usesSocket = true;
        CloseOutput();
        return socket;
    }

    /// <summary>Nothing that it writes is wanted any more.</summary>
    public void StopOutput()
    {
        if (usesSocket)
            Libc.ShutdownReading(socket);
        CloseOutput();
    }

    /// <summary>Closes its ends, waits for its end, and returns its status.</summary>
    public int Finish()
    {
        StopOutput();
        Descriptors.Close(socket);
        return Libc.Reap(process);
    }

    private void CloseOutput()
    {
        if (output >= 0)
            Descriptors.Close(output);
        output = -1;
    }

    private static List<byte[]> Variables()
    {
        var variables = new Dictionary<string, string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        variables["SAVED_FD_0"] = Libc.Share(0).ToString();
        variables["SAVED_FD_1"] = Libc.Share(1).ToString();
        if (variables.ContainsKey("PASS_LOCAL_STDERR"))
            variables["SAVED_FD_2"] = Libc.Share(2).ToString();
        variables["QREXEC_AGENT_PID"] = Environment.ProcessId.ToString();
        return [.. variables.Select(variable => Encoding.UTF8.GetBytes($"{variable.Key}={variable.Value}"))];
    }
}
