using System.Collections;
using System.Runtime.InteropServices;
using Qubes.Client.Calling;
using Qubes.Client.Native;

namespace Qubes.Client.Programs;

/// <summary>
/// The program that serves this side of a call. Its standard input is a socket, its standard output a pipe; on signal USR1 the
/// socket takes the pipe's place, for programs that use one socket both ways.
/// </summary>
internal sealed class LocalProgram : IDisposable
{
    private const int SignalUser1 = 10;

    private readonly int process;
    private readonly int socket;
    private readonly (int Reading, int Writing) requests = Libc.Pipe();
    private readonly PosixSignalRegistration signal;
    private int output;
    private bool usesSocket;

    /// <summary>Starts it.</summary>
    /// <param name="words">Its path, and its arguments.</param>
    /// <exception cref="SystemCallException">It cannot be started.</exception>
    public unsafe LocalProgram(IReadOnlyList<string> words)
    {
        // It may signal as soon as it runs.
        signal = PosixSignalRegistration.Create((PosixSignal)SignalUser1, context =>
        {
            context.Cancel = true;
            _ = Libc.Write(requests.Writing, "1"u8);
        });
        (socket, var theirs) = Libc.SocketPair();
        (output, var writing) = Libc.Pipe();
        using var arguments = new NativeStrings(words);
        using var environment = new NativeStrings(Variables());
        process = Libc.Spawn(words[0], arguments.Pointer, environment.Pointer, theirs, writing);
        Libc.Close(theirs);
        Libc.Close(writing);
    }

    /// <summary>Becomes readable when the program asks for <see cref="UseSocket"/>; -1 once it did.</summary>
    public int SocketRequests => usesSocket ? -1 : requests.Reading;

    /// <summary>Whether the program asks, or does within so many milliseconds.</summary>
    public bool IsSocketRequested(int milliseconds) =>
        !usesSocket && Libc.Poll([new PollEntry(requests.Reading, PollEntry.In)], milliseconds) > 0;

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
        Libc.Close(socket);
        return Libc.Reap(process);
    }

    /// <summary>Stops listening to its signals.</summary>
    public void Dispose() => signal.Dispose();

    private void CloseOutput()
    {
        if (output >= 0)
            Libc.Close(output);
        output = -1;
    }

    private static List<string> Variables()
    {
        var variables = new Dictionary<string, string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        variables["SAVED_FD_0"] = Libc.Share(0).ToString();
        variables["SAVED_FD_1"] = Libc.Share(1).ToString();
        if (variables.ContainsKey("PASS_LOCAL_STDERR"))
            variables["SAVED_FD_2"] = Libc.Share(2).ToString();
        variables["QREXEC_AGENT_PID"] = Environment.ProcessId.ToString();
        return [.. variables.Select(variable => $"{variable.Key}={variable.Value}")];
    }
}
