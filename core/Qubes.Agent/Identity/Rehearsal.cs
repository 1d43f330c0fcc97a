using System.Runtime.Intrinsics.X86;
using Qubes.Agent.Accounts;
using Qubes.Agent.Native;
using Qubes.Agent.Processes;

namespace Qubes.Agent.Identity;

/// <summary>
/// A copy under an accelerator that translates (TCG) has none of the frozen machine's translations: its first service would wait for all of
/// the way from fork to exit to be translated, some 100 ms. So a shell waits from before the freeze on, and starts a program that does
/// nothing, on another processor, while the agent is still busy with the identity. Only after the generator was reseeded: starting a
/// program draws on it. Nothing depends on it, and other accelerators would have nothing of it.
/// </summary>
internal sealed class Rehearsal
{
    private const string Shell = "/bin/sh";
    private const string Script = "echo; read -r cue && /bin/true";
    private const int HypervisorLeaf = 0x40000000;
    private const int Tcg = 0x54474354; // "TCGT"
    private const int ReadySteps = 200;
    private const int Step = 5;

    private int cue = -1;
    private bool hasBegun;

    private static bool IsWorthwhile => Environment.ProcessId == 1 && Environment.ProcessorCount > 1
        && X86Base.IsSupported && X86Base.CpuId(HypervisorLeaf, 0).Ebx == Tcg;

    /// <summary>Has the shell wait.</summary>
    public void Prepare()
    {
        // What was translated once in this copy need not be again, though it is sealed anew.
        if (cue >= 0 || hasBegun || !IsWorthwhile)
            return;
        try
        {
            cue = Start();
        }
        catch (IOException e)
        {
            AgentLog.Write($"no rehearsal: {e.Message}");
        }
    }

    /// <summary>Lets it go, once.</summary>
    public void Begin()
    {
        if (cue < 0)
            return;
        _ = Descriptors.Write(cue, "\n"u8);
        Skip();
        hasBegun = true;
    }

    /// <summary>Ends the shell. Whoever is made ahead of time has a call for a rehearsal, or would rehearse for nobody.</summary>
    public void Skip()
    {
        if (cue >= 0)
            Descriptors.Close(cue);
        cue = -1;
    }

    private static int Start()
    {
        var root = new Account("root", 0, 0, [0], "/", Shell);
        var nothing = Descriptors.Open("/dev/null", Descriptors.ReadWrite);
        var (input, output) = (Descriptors.Pipe(), Descriptors.Pipe());
        try
        {
            _ = Launcher.Start(
                new Program(Shell, ["sh", "-c", Script], new Dictionary<string, string>(), root), input.Reading, output.Writing, nothing);
            // Frozen before it waits, it would go on starting in each copy.
            Libc.MakePipeNonBlocking(output.Reading, Descriptors.ReadOnly);
            Span<byte> ready = stackalloc byte[1];
            for (var i = 0; i < ReadySteps && Descriptors.Read(output.Reading, ready) <= 0; i++)
                Libc.Pause(Step);
            return input.Writing;
        }
        catch (IOException)
        {
            Descriptors.Close(input.Writing);
            throw;
        }
        finally
        {
            foreach (var fd in (int[])[nothing, input.Reading, output.Reading, output.Writing])
                Descriptors.Close(fd);
        }
    }
}
