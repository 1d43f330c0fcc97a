using Qubes.GuestTools.Commands;
using Qubes.Qrexec.Protocol;

namespace Qubes.GuestTools.Running;

/// <summary>
/// <c>qvm-run-vm VMNAME COMMAND [ARG...]</c>: runs a command in another qube, connected to this one's input and output. A single
/// word goes to that qube's shell (<c>qubes.VMShell</c>); several are a program with its arguments, which no shell sees
/// (<c>qubes.VMExec</c>).
/// </summary>
internal sealed class RunCommand : ICommand
{
    private static readonly string[] Options =
        ["--pass-io|-p", "--no-pass-io", "--gui|-g", "--no-gui|-n", "--service|-s", "--dispvm"];

    public string Name => "qvm-run-vm";

    public string Usage => "[-p|--no-pass-io] [-g|-n] [-s] VMNAME|--dispvm COMMAND [ARG...]";

    public Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken cancellation)
    {
        var line = CommandLine.Parse(arguments, Options, wordsEndOptions: true);
        var words = line.Words.Skip(line.Has("--dispvm") ? 0 : 1).ToList();
        if (words.Count == 0)
            throw new UsageException("a qube and a command are needed");
        var call = CallFor(line.Has("--dispvm") ? "@dispvm" : line.Words[0], words, line);
        if (call.Service.Length > QrexecLimits.ServiceName)
            throw new CommandException($"the command line is too long: {QrexecLimits.ServiceName} bytes are the most");
        if (line.Has("--no-pass-io"))
        {
            foreach (var descriptor in (int[])[0, 1, 2])
                surroundings.Silence(descriptor);
        }

        return Task.FromResult(call.Make(surroundings));
    }

    private static ClientCall CallFor(string target, List<string> words, CommandLine line)
    {
        var withSession = line.Has("--gui");
        if (line.Has("--service"))
        {
            return words is [var service]
                ? new ClientCall(target, service)
                : throw new UsageException("--service takes one word, SERVICE or SERVICE+ARGUMENT");
        }

        return words is [var command]
            ? new ClientCall(target, withSession ? "qubes.VMShell+WaitForSession" : "qubes.VMShell")
            {
                // The command replaces the shell, so that no byte of its data is read as a command.
                Options = [$"--prefix-data=exec bash -c {Quote(command)} || exit 127\n"],
            }
            : new ClientCall(target, $"{(withSession ? "qubes.VMExecGUI" : "qubes.VMExec")}+{VmExecEncoding.Encode(words)}");
    }

    private static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
