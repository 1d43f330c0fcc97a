namespace Qubes.Convert.Guest.Processes;

/// <summary>
/// Ends this program and its tools when the caller has closed standard output. qrexec kills nothing (spec: qrexec,
/// section 7), so a renderer that is busy with one endless page would outlive a caller that gave up.
/// </summary>
internal static class CallerWatch
{
    private const int StandardOutput = 1;
    private const int BrokenPipe = 128 + 13;

    /// <param name="workspace">Removed when the caller has gone.</param>
    public static void Start(Workspace workspace) =>
        new Thread(() => Watch(workspace), maxStackSize: 128 * 1024) { IsBackground = true, Name = "caller" }.Start();

    private static void Watch(Workspace workspace)
    {
        var output = new LibC.PollDescriptor { Descriptor = StandardOutput };
        // Nothing is asked for, so it returns on an error or hang-up only; a signal may end the wait early.
        while (LibC.Poll(ref output, 1, -1) <= 0 || output.Happened == 0)
        {
        }

        ToolProcess.KillAll();
        try
        {
            workspace.Dispose();
        }
        catch (IOException)
        {
            // The call ended by itself in this moment and removes it, too.
        }

        Environment.Exit(BrokenPipe);
    }
}
