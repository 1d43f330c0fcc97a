using System.Text;
using Qubes.Client.Arguments;
using Qubes.Client.Calling;
using Qubes.Client.Native;
using Qubes.Client.Programs;
using Qubes.Qrexec.Protocol;

namespace Qubes.Client;

/// <summary><c>qrexec-client-vm</c>: calls a service of another qube, from a guest or from the host (spec: protocol, section 8).</summary>
internal static class EntryPoint
{
    private const int Input = 0;
    private const int Output = 1;
    private const int Error = 2;

    public static int Main(string[] arguments)
    {
        try
        {
            Libc.IgnoreBrokenPipes();
            Libc.OpenStandardDescriptors();
            return Call(CommandLine.Parse(arguments));
        }
        catch (UsageException e)
        {
            Complaint.Write($"qrexec-client-vm: {e.Message}\n{CommandLine.Usage}");
            return ExitStatus.Usage;
        }
        catch (IOException e)
        {
            Complaint.Write($"qrexec-client-vm: {e.Message}");
            return e is CallAbandonedException or QrexecViolationException ? ExitStatus.Lost : ExitStatus.NoAgent;
        }
    }

    private static int Call(CallOptions options)
    {
        if (options.Program.Count > 0)
            LocalProgram.BlockSignal();
        var agent = AgentConnection.Ask(options.AgentSocket ?? CallPlaces.Agent, CallRequest.Encode(options));
        if (agent.ReadAnswer() is not { } peer)
        {
            Complaint.Write("Request refused");
            return ExitStatus.Refused;
        }

        var vchan = agent.Serve(CallPlaces.Vchan(peer));
        if (options.BufferSize > 0)
            Libc.SetBuffers(vchan, options.BufferSize);
        return options.Program.Count == 0 ? CallWithOwnEnds(options, vchan) : CallWithProgram(options, vchan);
    }

    private static int CallWithOwnEnds(CallOptions options, int vchan)
    {
        var output = options.UsesStdinSocket ? Input : Output;
        var filters = options.FiltersOutput ?? Descriptors.IsTerminal(output);
        var ends = new CallEnds(Input, new Sink(output, filters), ErrorOf(options)) { Prefix = PrefixOf(options) };
        return new CallSession(vchan, ends).Run();
    }

    private static int CallWithProgram(CallOptions options, int vchan)
    {
        LocalProgram program;
        try
        {
            program = new LocalProgram(options.Program.Count);
        }
        catch (SystemCallException e)
        {
            Complaint.Write($"qrexec-client-vm: {e.Message}");
            return ExitStatus.ProgramNotStarted;
        }

        return new CallSession(vchan, program.Ends(ErrorOf(options)) with { Prefix = PrefixOf(options) }).Run();
    }

    private static Sink ErrorOf(CallOptions options) => new(Error, options.FiltersError ?? Descriptors.IsTerminal(Error));

    private static byte[] PrefixOf(CallOptions options) => Encoding.UTF8.GetBytes(options.Prefix ?? "");
}
